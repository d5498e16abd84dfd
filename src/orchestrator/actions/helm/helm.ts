import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import {
  cleanEnvironment,
  inWorkingFolder,
  ProgramNotStarted,
  type ProgramResult,
  ProgramStopped,
  type Programs,
} from '../../../platform/programs/index.js';
import { ActionFailed } from '../../action.js';
import type { ProgramList } from '../exec/program-list.js';
import type { Clusters } from '../kubernetes/clusters.js';

/** As the list of this action has it: one entry, of the operator. */
export const HELM = 'helm';
/** It writes down that a release failed when it is asked to end. */
const GRACE_SECONDS = 15;
const MEMORY_MEGABYTES = 2_048;
const OUTPUT_BYTES = 16_777_216;
const VALUES_FILE = 'values.json';
const KUBECONFIG_FILE = 'kubeconfig.json';
export const LABEL_PREFIX = 'quartermaster-';
const RESOURCE_LABEL = `${LABEL_PREFIX}resource`;
const KEY_LABEL = `${LABEL_PREFIX}key`;
const KEPT_REVISIONS = '20';

const releases = z.array(z.object({ name: z.string(), revision: z.coerce.number().int(), status: z.string() }));
const revisions = z.array(z.object({ revision: z.int(), status: z.string() }));

export type Revision = z.output<typeof revisions>[number];

export interface HelmTools {
  readonly programs: Programs;
  readonly list: ProgramList;
  readonly clusters: Clusters;
}

export interface Release {
  readonly cluster: string;
  readonly namespace: string;
  readonly release: string;
}

export interface Chart {
  /** How Helm is told which one. */
  readonly args: readonly string[];
  /** Where it is a folder of ours: its files, below `chart/`. */
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
}

/** As labels take them. */
export interface Marks {
  readonly resource: string;
  readonly key: string;
}

interface Session {
  readonly signal: AbortSignal;
  readonly seconds: number;
  readonly mask: (text: string) => string;
}

/** Helm on one release: a folder of its own with the login of the one cluster, and nothing of the machine's settings. */
export class Helm {
  private constructor(
    private readonly tools: HelmTools,
    private readonly of: Release,
    private readonly session: Session,
    private readonly folder: string,
  ) {}

  /** @throws ActionFailed */
  static async within<T>(
    tools: HelmTools,
    of: Release,
    session: Session,
    work: (helm: Helm) => Promise<T>,
  ): Promise<T> {
    tools.list.path(HELM);
    const kubeconfig = await tools.clusters.kubeconfig(of.cluster);
    return inWorkingFolder(async (folder) => {
      await writeFile(join(folder, KUBECONFIG_FILE), kubeconfig, { mode: 0o600 });
      return work(new Helm(tools, of, session, folder));
    });
  }

  /** The newest revision; null: there is no such release. With marks: only if it carries them. */
  async newest(marks?: Partial<Marks>): Promise<Revision | null> {
    const selector = [
      ...(marks?.resource === undefined ? [] : [`${RESOURCE_LABEL}=${marks.resource}`]),
      ...(marks?.key === undefined ? [] : [`${KEY_LABEL}=${marks.key}`]),
    ].join();
    const filter = `^${this.of.release}$`;
    const args = [
      'list',
      '--all',
      '--filter',
      filter,
      ...(selector === '' ? [] : ['--selector', selector]),
      '-o',
      'json',
    ];
    const [found] = releases.parse(JSON.parse((await this.good(args, 'The release could not be looked at')).stdout));
    return found ?? null;
  }

  /** The newest last. */
  async history(): Promise<Revision[]> {
    const args = ['history', this.of.release, '--max', KEPT_REVISIONS, '-o', 'json'];
    return revisions.parse(JSON.parse((await this.good(args, 'The release could not be looked at')).stdout));
  }

  /** What the newest revision consists of, as YAML. */
  async manifest(): Promise<string> {
    return (await this.good(['get', 'manifest', this.of.release], 'The release could not be looked at')).stdout;
  }

  /** What would be deployed: rendered and checked with the server, and nothing is done. */
  async dryRun(chart: Chart, values: string): Promise<string> {
    const result = await this.upgrade(chart, values, ['--dry-run=server', '-o', 'json'], 'It can’t be deployed so');
    return z.object({ manifest: z.string() }).parse(JSON.parse(result.stdout)).manifest;
  }

  /** `others`: what else the release carries, as labels take it. */
  async deploy(
    chart: Chart,
    values: string,
    { resource, key }: Marks,
    others: Readonly<Record<string, string>>,
  ): Promise<void> {
    const all = { ...others, [RESOURCE_LABEL]: resource, [KEY_LABEL]: key };
    const labels = Object.entries(all)
      .map(([name, value]) => `${name}=${value}`)
      .join();
    const timeout = `${this.session.seconds}s`;
    const more = ['--history-max', KEPT_REVISIONS, '--labels', labels, '--timeout', timeout, '-o', 'json'];
    await this.upgrade(chart, values, more, 'It was not deployed');
  }

  async rollback(revision: number): Promise<void> {
    await this.good(['rollback', this.of.release, String(revision), '--wait'], 'It was not put back');
  }

  async uninstall(): Promise<void> {
    const args = ['uninstall', this.of.release, '--wait', '--cascade', 'foreground', '--ignore-not-found'];
    await this.good(args, 'It was not taken away');
  }

  private async upgrade(
    { args, files }: Chart,
    values: string,
    more: readonly string[],
    what: string,
  ): Promise<ProgramResult> {
    for (const { path, content } of files) {
      await mkdir(dirname(join(this.folder, 'chart', path)), { recursive: true });
      await writeFile(join(this.folder, 'chart', path), content);
    }
    await writeFile(join(this.folder, VALUES_FILE), values, { mode: 0o600 });
    // Given no values at all, Helm would take those of the last revision.
    const how = ['--install', '--reset-values', '--values', VALUES_FILE];
    return this.good(['upgrade', this.of.release, ...args, ...how, ...more], what);
  }

  private async good(args: readonly string[], what: string): Promise<ProgramResult> {
    const { signal, seconds, mask } = this.session;
    const home = (name: string): string => join(this.folder, 'helm', name);
    try {
      const result = await this.tools.programs.run({
        file: this.tools.list.path(HELM),
        args: [...args, '--namespace', this.of.namespace],
        folder: this.folder,
        environment: {
          ...cleanEnvironment(this.folder),
          KUBECONFIG: join(this.folder, KUBECONFIG_FILE),
          HELM_CACHE_HOME: home('cache'),
          HELM_CONFIG_HOME: home('config'),
          HELM_DATA_HOME: home('data'),
        },
        signal,
        seconds,
        graceSeconds: GRACE_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        outputBytes: OUTPUT_BYTES,
      });
      if (result.exitCode !== 0) throw failure(what, mask(result.stderr));
      return result;
    } catch (error) {
      if (error instanceof ProgramStopped)
        throw new ActionFailed(`Helm: ${error.publicMessage}`, true, { cause: error });
      if (error instanceof ProgramNotStarted)
        throw new ActionFailed('Helm could not be started.', false, { cause: error });
      throw error;
    }
  }
}

/** Its last complaint, in its own words. */
function failure(what: string, stderr: string): ActionFailed {
  const from = stderr.lastIndexOf('Error: ');
  const said = (from === -1 ? stderr : stderr.slice(from))
    .replace(/^Error: (?:UPGRADE FAILED: |INSTALLATION FAILED: )?/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
  const mayPass = /another operation \(install|connection refused|i\/o timeout|TLS handshake timeout|timed out/.test(
    said,
  );
  return new ActionFailed(`${what}: ${said === '' ? 'Helm said nothing' : said.replace(/\.$/, '')}.`, mayPass);
}
