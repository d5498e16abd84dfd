import { z } from 'zod';
import type { Pause } from '../../../platform/http-client/index.js';
import type { JsonObject } from '../../../shared/index.js';
import { type ActionContext, ActionFailed, type Labels, type Made, type PlannedEffect } from '../../action.js';
import type { Propagation } from './cluster-client.js';
import { ClusterRefused } from './cluster-failure.js';
import { type ClusterObject, type ObjectRef, textAt, title } from './cluster-object.js';
import { ClusterThings } from './cluster-things.js';
import { type Clusters, clusterName } from './clusters.js';
import { differenceLines } from './difference.js';
import { ownedPart } from './owned-fields.js';
import { changedBy, keyOf, marked, markedLike, type Owner, ownerOf, resourceOf } from './ownership.js';
import { type Patience, ReadinessWatch } from './waiting.js';

export const propagation = z.enum(['foreground', 'background', 'orphan']);

const GONE_SECONDS = 120;
const objectRef = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
});

/** What `read` and `destroy` need of things in a cluster. No secrets: of a Secret only its name is kept. */
export const objectSetState = z.object({
  cluster: clusterName,
  key: z.string(),
  resourceId: z.string(),
  propagation,
  objects: z.array(
    z.object({
      ref: objectRef,
      /** As it was written; null for a Secret. */
      written: z.record(z.string(), z.json()).nullable(),
      /** What an earlier step of the same resource had written there; null: it was not there. */
      formerly: z.record(z.string(), z.json()).nullable(),
      wasThere: z.boolean(),
    }),
  ),
});

export type ObjectSetState = z.output<typeof objectSetState>;

export interface Wanted {
  readonly cluster: string;
  readonly namespace?: string | undefined;
  readonly objects: readonly ClusterObject[];
  readonly force: boolean;
}

type Doing = Pick<ActionContext, 'signal' | 'report'>;

/** Several things of a cluster, applied, looked at and taken away together. */
export class ObjectSet {
  constructor(
    private readonly clusters: Clusters,
    private readonly pause: Pause,
  ) {}

  async things(cluster: string, signal: AbortSignal): Promise<ClusterThings> {
    return new ClusterThings(await this.clusters.client(cluster), signal);
  }

  /** By asking the server to do it without doing it. `made`: what lives and is to become that. */
  async plan(
    wanted: Wanted,
    { labels, signal, made }: { labels: Labels | null; signal: AbortSignal; made: Made<ObjectSetState> | null },
  ): Promise<PlannedEffect> {
    if (made !== null) assertSamePlace(made, wanted);
    const things = await this.things(wanted.cluster, signal);
    const planned: { kind: 'create' | 'change' | 'none'; lines: string[] }[] = [];
    for (const object of wanted.objects) {
      const ref = await things.refOf(object, wanted.namespace);
      planned.push(await planOne(things, ref, object, { labels, force: wanted.force }));
    }
    const gone = made === null ? [] : (await parted(things, made.state, wanted)).gone;
    const lines = [...planned.flatMap((one) => one.lines), ...gone.map(({ ref }) => `- ${title(ref)}`)];
    const isNew = made === null && planned.some(({ kind }) => kind === 'create');
    const isSame = gone.length === 0 && planned.every(({ kind }) => kind === 'none');
    const kind = isNew ? 'create' : isSame ? 'none' : 'change';
    const titles = wanted.objects.map((object) => title({ kind: object.kind, name: object.metadata.name }));
    const what =
      titles.length > 3 ? `${titles.slice(0, 2).join(', ')} and ${titles.length - 2} more` : titles.join(', ');
    const where = `on the cluster ${wanted.cluster}${wanted.namespace === undefined ? '' : `, namespace ${wanted.namespace}`}`;
    return {
      kind,
      summary: kind === 'none' ? `${what} ${where}: as wanted already` : `${what} ${where}`,
      details: lines,
    };
  }

  /** What is there before anything is touched. @throws ActionFailed where something is not ours */
  async intend(
    wanted: Wanted,
    of: { key: string; resourceId: string; propagation: Propagation },
    signal: AbortSignal,
  ): Promise<ObjectSetState> {
    const things = await this.things(wanted.cluster, signal);
    const objects: ObjectSetState['objects'] = [];
    for (const object of wanted.objects) {
      const ref = await things.refOf(object, wanted.namespace);
      const living = await things.find(ref);
      if (living !== null) assertOurs(ref, living, of);
      const isSecret = object.kind === 'Secret';
      const formerly = living === null || isSecret ? null : ownedPart(living);
      objects.push({ ref, written: isSecret ? null : object, formerly, wasThere: living !== null });
    }
    return { cluster: wanted.cluster, ...of, objects };
  }

  /** Of what lives and is to become that: what is known of its things stays known, and what is wanted no more until it is gone. */
  async intendChange(wanted: Wanted, made: Made<ObjectSetState>, signal: AbortSignal): Promise<ObjectSetState> {
    assertSamePlace(made, wanted);
    const { objects: known, key, resourceId, propagation: how } = made.state;
    const next = await this.intend(wanted, { key, resourceId, propagation: how }, signal);
    const { gone } = await parted(await this.things(wanted.cluster, signal), made.state, wanted);
    const objects = next.objects.map((one) => {
      const was = known.find(({ ref }) => isSameRef(ref, one.ref));
      return was === undefined ? one : { ...was, written: one.written };
    });
    return { ...next, objects: [...gone, ...objects] };
  }

  /** Takes away what is wanted no more, and answers what is left. @throws ActionFailed */
  async trim(state: ObjectSetState, wanted: Wanted, doing: Doing): Promise<ObjectSetState> {
    const { kept, gone } = await parted(await this.things(wanted.cluster, doing.signal), state, wanted);
    if (gone.length > 0) await this.destroy({ ...state, objects: gone }, doing);
    return { ...state, objects: kept };
  }

  /** @throws ActionFailed */
  async apply(
    wanted: Wanted,
    { idempotencyKey: key, labels, report, signal }: ActionContext,
  ): Promise<Map<string, JsonObject>> {
    const things = await this.things(wanted.cluster, signal);
    const made = new Map<string, JsonObject>();
    for (const object of wanted.objects) {
      const ref = await things.refOf(object, wanted.namespace);
      const living = await things.find(ref);
      if (living !== null) assertOurs(ref, living, { key, resourceId: labels.resourceId });
      // Who made a thing stays written on it: that step's end is its end.
      const maker = living === null ? key : keyOf(living);
      const whole = marked(object, labels, { maker, changer: key, living });
      const now = await things.apply(ref, whole, { force: wanted.force });
      const isSame =
        living !== null && textAt(living, 'metadata', 'resourceVersion') === textAt(now, 'metadata', 'resourceVersion');
      report(`${title(ref)} ${living === null ? 'made' : isSame ? 'is as wanted' : 'changed'}`);
      made.set(`${ref.kind}/${ref.name}`, now);
    }
    return made;
  }

  watch(things: ClusterThings, seconds: number, { signal, report }: Doing): ReadinessWatch {
    const patience: Patience = { seconds, pause: this.pause, signal, report };
    return new ReadinessWatch(things, patience);
  }

  async read(state: ObjectSetState, signal: AbortSignal): Promise<{ exists: boolean; detail: string }> {
    const things = await this.things(state.cluster, signal);
    const [missing, differs]: [string[], string[]] = [[], []];
    for (const { ref, written } of state.objects) {
      const living = await things.find(ref);
      if (living === null || !isOurs(ownerOf(living, state.resourceId, state.key))) missing.push(title(ref));
      else if (written !== null) {
        const lines = await driftOf(things, ref, written as ClusterObject, living);
        differs.push(...lines.map((line) => `${title(ref)} ${line}`));
      }
    }
    if (missing.length === state.objects.length && missing.length > 0)
      return { exists: false, detail: 'it is not there' };
    if (missing.length > 0) return { exists: true, detail: `missing: ${missing.join(', ')}` };
    return {
      exists: true,
      detail: differs.length === 0 ? 'it is there' : `it is there, but differs: ${differs.join('; ')}`,
    };
  }

  /** The last one first. What another step made is put back as it was. @throws ActionFailed */
  async destroy(state: ObjectSetState, doing: Doing): Promise<void> {
    const things = await this.things(state.cluster, doing.signal);
    const watch = this.watch(things, GONE_SECONDS, doing);
    for (const entry of state.objects.toReversed()) {
      const living = await things.find(entry.ref);
      if (living === null) continue;
      const owner = ownerOf(living, state.resourceId, state.key);
      if (owner === 'this-step') {
        await things.remove(entry.ref, living, state.propagation);
        if (state.propagation !== 'orphan') await watch.untilGone(entry.ref, textAt(living, 'metadata', 'uid'));
        doing.report(`${title(entry.ref)} is gone`);
      } else if (owner === 'this-resource' && entry.formerly !== null && changedBy(living) === state.key) {
        await things.apply(entry.ref, entry.formerly as ClusterObject, {
          force: true,
          what: `putting back ${title(entry.ref)}`,
        });
        doing.report(`${title(entry.ref)} is as it was before`);
      }
    }
  }
}

/** The things of a state by whether they are wanted (still). */
async function parted(
  things: ClusterThings,
  { objects }: ObjectSetState,
  wanted: Wanted,
): Promise<{ kept: ObjectSetState['objects']; gone: ObjectSetState['objects'] }> {
  const refs = await Promise.all(wanted.objects.map((object) => things.refOf(object, wanted.namespace)));
  const isWanted = (ref: ObjectRef): boolean => refs.some((one) => isSameRef(one, ref));
  return { kept: objects.filter(({ ref }) => isWanted(ref)), gone: objects.filter(({ ref }) => !isWanted(ref)) };
}

function isSameRef(one: ObjectRef, other: ObjectRef): boolean {
  const group = ({ apiVersion }: ObjectRef): string => apiVersion.split('/').slice(0, -1).join('/');
  return (
    one.kind === other.kind &&
    one.name === other.name &&
    one.namespace === other.namespace &&
    group(one) === group(other)
  );
}

/** @throws ActionFailed where it would have to be moved */
function assertSamePlace({ state, output }: Made<ObjectSetState>, { cluster, namespace }: Wanted): void {
  const was = output.namespace ?? null;
  if (state.cluster === cluster && (namespace === undefined || was === null || was === namespace)) return;
  throw new ActionFailed('It can’t be moved to another cluster or namespace. Request it anew and move over.', false);
}

async function planOne(
  things: ClusterThings,
  ref: ObjectRef,
  object: ClusterObject,
  { labels, force }: { labels: Labels | null; force: boolean },
): Promise<{ kind: 'create' | 'change' | 'none'; lines: string[] }> {
  const living = await things.find(ref);
  if (living === null) return { kind: 'create', lines: [`+ ${title(ref)}${await checkedNew(things, ref, object)}`] };
  // Without labels nobody knows yet for which resource it will be.
  assertOurs(ref, living, { key: '', resourceId: labels?.resourceId ?? resourceOf(living) });
  const after = await things.apply(ref, markedLike(object, living), { dryRun: true, force });
  const lines = differenceLines(living, after);
  if (lines.length === 0) return { kind: 'none', lines: [] };
  return { kind: 'change', lines: [`~ ${title(ref)}`, ...lines.map((line) => `   ${line}`)] };
}

/** The server's own check of something new; it can't check what goes into a namespace that an earlier step makes. */
async function checkedNew(things: ClusterThings, ref: ObjectRef, object: ClusterObject): Promise<string> {
  try {
    await things.apply(ref, object, { dryRun: true, what: `making ${title(ref)}` });
    return '';
  } catch (error) {
    if (!(error instanceof ClusterRefused) || error.status !== 404 || ref.namespace === null) throw error;
    const namespace = await things.find({ apiVersion: 'v1', kind: 'Namespace', namespace: null, name: ref.namespace });
    if (namespace !== null) throw error;
    return ` (not checked by the cluster: its namespace ${ref.namespace} is not there yet)`;
  }
}

async function driftOf(
  things: ClusterThings,
  ref: ObjectRef,
  written: ClusterObject,
  living: JsonObject,
): Promise<string[]> {
  return differenceLines(living, await things.apply(ref, markedLike(written, living), { dryRun: true, force: true }));
}

function isOurs(owner: Owner): boolean {
  return owner === 'this-step' || owner === 'this-resource';
}

/** @throws ActionFailed */
function assertOurs(
  ref: ObjectRef,
  living: JsonObject,
  { key, resourceId }: { key: string; resourceId: string },
): void {
  const owner = ownerOf(living, resourceId, key);
  if (owner === 'somebody')
    throw new ActionFailed(
      `${title(ref)} is there already and was not made by Quartermaster. Choose another name.`,
      false,
    );
  if (owner === 'other-resource')
    throw new ActionFailed(
      `${title(ref)} is there already and belongs to another resource (${resourceOf(living)}). Choose another name.`,
      false,
    );
}
