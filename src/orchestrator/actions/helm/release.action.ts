import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SecretStore } from '../../../secrets/index.js';
import type { Json } from '../../../shared/index.js';
import {
  type ActionContext,
  ActionFailed,
  type AnyAction,
  defineAction,
  type Labels,
  type LookContext,
  type Made,
} from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { withValueAt } from '../http/json-places.js';
import { clusterName } from '../kubernetes/clusters.js';
import { namespaceName } from '../kubernetes/manifest.js';
import type { ObjectSet } from '../kubernetes/object-set.js';
import { masking, secretReference, secretValues } from '../secret-reference.js';
import { type Charts, chartSource } from './charts.js';
import { type Chart, Helm, type HelmTools, LABEL_PREFIX, type Marks } from './helm.js';
import { manifestDifference, objectsIn } from './manifests.js';

const input = z.strictObject({
  cluster: clusterName,
  namespace: namespaceName,
  release: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?$/, 'small letters, digits and dashes, at most 53'),
  chart: chartSource,
  values: z.record(z.string(), z.json()).default({}),
  /** Places in the values: `/database/password`. Helm keeps values in a Secret beside the release. */
  secretValues: z.record(z.string().regex(/^(?:\/[\w.-]{1,80}){1,10}$/), secretReference).default({}),
  waitSeconds: z.int().min(0).max(3_600).default(300),
  /** For Helm itself, with its hooks. */
  seconds: z.int().min(1).max(3_600).default(300),
});

const state = z.object({
  cluster: clusterName,
  namespace: z.string(),
  release: z.string(),
  marks: z.object({ resource: z.string(), key: z.string() }),
  /** The revision of an earlier step of the same resource; null: there was none. */
  before: z.int().nullable(),
});

type Input = z.output<typeof input>;
type State = z.output<typeof state>;
type Context = LookContext & Partial<Pick<ActionContext, 'report'>>;

const HOUR_SECONDS = 3_600;
const FOREIGN = 'is there already and was not made for this resource. Choose another name.';

/** A release of Helm: made, upgraded, put back and taken away by Helm; waited for and looked at as all other things of a cluster. */
export function helmReleaseAction(tools: HelmTools, charts: Charts, set: ObjectSet): AnyAction {
  const session = (signal: AbortSignal, seconds: number, mask = (text: string): string => text) => ({
    signal,
    seconds,
    mask,
  });

  async function prepared(given: Input, { secrets, signal }: { secrets: SecretStore; signal: AbortSignal }) {
    const known = await secretValues(secrets, given.secretValues);
    const values = Object.entries(known).reduce<Json>(
      (made, [place, value]) => withValueAt(made, place.slice(1).split('/'), value),
      given.values,
    );
    const mask = masking(Object.values(known));
    return {
      chart: await charts.chart(given.chart),
      values: JSON.stringify(values),
      mask,
      session: session(signal, given.seconds, mask),
    };
  }

  /** Whether what is deployed is not what is wanted. */
  async function differs(helm: Helm, { chart, values }: { chart: Chart; values: string }): Promise<boolean> {
    return manifestDifference(await helm.manifest(), await helm.dryRun(chart, values)).length > 0;
  }

  async function untilReady(given: Input, manifest: string, context: Context & Pick<ActionContext, 'report'>) {
    if (given.waitSeconds === 0) return;
    const things = await set.things(given.cluster, context.signal);
    const refs = await Promise.all(objectsIn(manifest).map((object) => things.refOf(object, given.namespace)));
    await set.watch(things, given.waitSeconds, context).untilReady(refs.map((ref) => ({ ref })));
  }

  return defineAction({
    id: 'helm:release',
    title: 'Helm release',
    owns: true,
    changesInPlace: true,
    input,
    output: z.object({ release: z.string(), namespace: z.string(), revision: z.int() }),
    state,
    examples: [
      {
        title: 'Where there is no Helm',
        input: { cluster: 'example', namespace: 'orders', release: 'orders', chart: { template: 'example-missing' } },
        plan: 'cannot',
      },
    ],

    async plan(given, { labels, secrets, signal, made }) {
      assertSamePlace(given, made);
      const ready = await prepared(given, { secrets, signal });
      return Helm.within(tools, given, ready.session, async (helm) => {
        const found = await helm.newest();
        if (found !== null && labels !== null && (await helm.newest({ resource: labelOf(labels.resourceId) })) === null)
          return { kind: 'cannot', summary: `The release ${given.release} ${FOREIGN}` };
        const after = await helm.dryRun(ready.chart, ready.values);
        const details = manifestDifference(found === null ? '' : await helm.manifest(), after).map(ready.mask);
        const where = `in ${given.namespace} on ${given.cluster}`;
        if (found === null) return { kind: 'create', summary: `Release ${given.release} ${where}`, details };
        if (details.length === 0) return { kind: 'none', summary: `Release ${given.release} is as wanted already` };
        return {
          kind: 'change',
          summary: `Release ${given.release} ${where}, after revision ${found.revision}`,
          details,
        };
      });
    },

    async intend({ cluster, namespace, release }, { idempotencyKey, labels, signal, made }) {
      assertSamePlace({ cluster, namespace, release }, made);
      if (made !== null) return made.state;
      const marks: Marks = { resource: labelOf(labels.resourceId), key: labelOf(idempotencyKey) };
      return Helm.within(tools, { cluster, namespace, release }, session(signal, HOUR_SECONDS), async (helm) => {
        const found = await helm.newest();
        if (found !== null && (await helm.newest({ resource: marks.resource })) === null)
          throw new ActionFailed(`The release ${release} ${FOREIGN}`, false);
        const deployed = found === null ? [] : (await helm.history()).filter(({ status }) => status === 'deployed');
        return { cluster, namespace, release, marks, before: deployed.at(-1)?.revision ?? null };
      });
    },

    async apply(given, context) {
      const kept = context.intended;
      if (kept === null) throw new ActionFailed('What was there before is not known.', false);
      const ready = await prepared(given, context);
      const report = (line: string): void => {
        context.report(ready.mask(line));
      };
      return Helm.within(tools, given, ready.session, async (helm) => {
        const ours = await helm.newest(kept.marks);
        const isOther = context.made !== null && ours?.status === 'deployed' && (await differs(helm, ready));
        if (ours?.status !== 'deployed' || isOther) {
          await clear(helm, kept);
          await helm.deploy(ready.chart, ready.values, kept.marks, releaseLabels(context.labels));
          report(`Release ${given.release} is deployed`);
        }
        await untilReady(given, await helm.manifest(), { ...context, report });
        const revision = (await helm.newest())?.revision ?? 1;
        return { state: kept, output: { release: given.release, namespace: given.namespace, revision } };
      });
    },

    async read(kept, { signal }) {
      return Helm.within(tools, kept, session(signal, HOUR_SECONDS), async (helm) => {
        const found = await helm.newest({ resource: kept.marks.resource });
        if (found === null) return { exists: false, detail: 'it is not there' };
        if (found.status !== 'deployed')
          return { exists: true, detail: `it differs: revision ${found.revision} is ${found.status}` };
        const things = await set.things(kept.cluster, signal);
        const missing: string[] = [];
        for (const object of objectsIn(await helm.manifest())) {
          const ref = await things.refOf(object, kept.namespace);
          if ((await things.find(ref)) === null) missing.push(`${ref.kind} ${ref.name}`);
        }
        const differs = missing.length === 0 ? '' : `, but differs: missing ${missing.join(', ')}`;
        return { exists: true, detail: `revision ${found.revision} is deployed${differs}` };
      });
    },

    async destroy(kept, { signal, report }) {
      await Helm.within(tools, kept, session(signal, HOUR_SECONDS), async (helm) => {
        if ((await helm.newest({ resource: kept.marks.resource })) === null) return;
        if (kept.before === null) {
          await helm.uninstall();
          report(`Release ${kept.release} is gone`);
        } else if ((await helm.newest({ key: kept.marks.key })) !== null) {
          await helm.rollback(kept.before);
          report(`Release ${kept.release} is as in revision ${kept.before}`);
        }
      });
    },
  });
}

/** @throws ActionFailed where it would have to be moved */
function assertSamePlace(
  { cluster, namespace, release }: Pick<Input, 'cluster' | 'namespace' | 'release'>,
  made: Made<State> | null,
): void {
  if (made === null) return;
  const { state: was } = made;
  if (was.cluster === cluster && was.namespace === namespace && was.release === release) return;
  throw new ActionFailed('A release can’t be moved or renamed. Request it anew and move over.', false);
}

/** An attempt that was killed leaves a release that Helm takes for busy for ever. */
async function clear(helm: Helm, kept: State): Promise<void> {
  const ours = await helm.newest({ key: kept.marks.key });
  if (ours?.status.startsWith('pending') !== true) return;
  const deployed = (await helm.history()).filter(({ status }) => status === 'deployed').at(-1);
  if (deployed === undefined) await helm.uninstall();
  else await helm.rollback(deployed.revision);
}

function releaseLabels(labels: Labels): Record<string, string> {
  const all = Object.entries(labelsUnder(LABEL_PREFIX, labels));
  return Object.fromEntries(all.map(([name, value]) => [name, labelOf(value)]));
}

/** Labels take few letters; a digest tells the rest apart. */
function labelOf(text: string): string {
  return /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(text)
    ? text
    : createHash('sha256').update(text).digest('hex').slice(0, 40);
}
