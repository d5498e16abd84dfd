import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Pause } from '../../src/platform/http-client/index.js';
import { type Exchange, RecordedCluster } from '../fakes/recorded-cluster.js';
import { clusterRequests } from './cluster-request.js';
import { ClusterWorld, writeKubeconfig } from './cluster-world.js';

const TOKENS = { admin: 'token-of-the-admin', guest: 'token-of-the-guest', stranger: 'token-of-nobody' };
const CONTEXTS = { real: 'admin', guest: 'guest', stranger: 'stranger' };

/** A cluster for each test out of what a real one answered, or a real one whose answers are written down. */
export class RecordedWorlds {
  private readonly folder = mkdtempSync(join(tmpdir(), 'quartermaster-worlds-'));

  private constructor(
    private readonly fixture: string,
    private readonly cluster: RecordedCluster,
    private readonly isRecording: boolean,
  ) {}

  /** What is in the file, said again. */
  static async replay(fixture: string): Promise<RecordedWorlds> {
    const lines = gunzipSync(readFileSync(fixture)).toString('utf8').trim().split('\n');
    const cluster = await RecordedCluster.start(lines.map((line) => JSON.parse(line) as Exchange));
    return new RecordedWorlds(fixture, cluster, false);
  }

  /** What the server answers, written into the file at the end. */
  static async record(fixture: string, server: string): Promise<RecordedWorlds> {
    return new RecordedWorlds(fixture, await RecordedCluster.start([], server), true);
  }

  world(test: string, pause: Pause = () => Promise.resolve()): ClusterWorld {
    this.cluster.test = test;
    const kubeconfig = writeKubeconfig(this.folder, this.cluster.url, TOKENS);
    const request = clusterRequests(kubeconfig, CONTEXTS.real);
    return new ClusterWorld({ kubeconfig, contexts: CONTEXTS, request, pause });
  }

  async stop(): Promise<void> {
    if (this.isRecording) {
      mkdirSync(dirname(this.fixture), { recursive: true });
      const lines = this.cluster.written.map((exchange) => `${JSON.stringify(exchange)}\n`);
      writeFileSync(this.fixture, gzipSync(lines.join('')));
    }
    await this.cluster.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
