import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { at, title } from './cluster-object.js';
import type { ClusterThings } from './cluster-things.js';
import type { ObjectSet } from './object-set.js';
import { autoscalerOf, foundWorkload, workload, workloadRef } from './workload.js';

const scalable = workload.extend({ kind: z.enum(['Deployment', 'StatefulSet']).default('Deployment') });
const input = scalable
  .extend({ replicas: z.int().min(0).max(1_000), waitSeconds: z.int().min(0).max(3_600).default(300) })
  .strict();
const state = scalable.extend({ replicas: z.int(), before: z.int() });

type Scaled = z.output<typeof scalable>;

/** How many pods a workload has. Undone, it has as many as before, unless somebody changed it since. */
export function kubernetesScaleAction(set: ObjectSet): AnyAction {
  const look = async (of: Scaled, signal: AbortSignal): Promise<{ things: ClusterThings; now: number }> => {
    const things = await set.things(of.cluster, signal);
    const replicas = at(await foundWorkload(things, of), 'spec', 'replicas');
    return { things, now: typeof replicas === 'number' ? replicas : 1 };
  };
  const put = (things: ClusterThings, of: Scaled, replicas: number) =>
    things.merge(workloadRef(of), { spec: { replicas } }, `scaling ${title(workloadRef(of))}`);

  return defineAction({
    id: 'kubernetes:scale',
    title: 'Number of pods of a workload',
    input,
    output: z.object({ replicas: z.int(), before: z.int() }),
    state,
    examples: [
      {
        title: 'On a cluster that is not on the list',
        input: { cluster: 'example', namespace: 'orders', name: 'orders', replicas: 3 },
        plan: 'cannot',
      },
    ],

    async plan(given, { signal }) {
      const { things, now } = await look(given, signal);
      const name = title(workloadRef(given));
      if (now === given.replicas) return { kind: 'none', summary: `${name} has ${now} replicas already` };
      const autoscaler = await autoscalerOf(things, given);
      if (autoscaler !== null) return { kind: 'cannot', summary: scaledByAnother(name, autoscaler) };
      return { kind: 'change', summary: `${name}: ${now} → ${given.replicas} replicas` };
    },

    async intend(given, { signal }) {
      const { now } = await look(given, signal);
      return state.parse({ ...given, before: now });
    },

    async apply(given, context) {
      const { things, now } = await look(given, context.signal);
      const kept = context.intended ?? state.parse({ ...given, before: now });
      const ref = workloadRef(given);
      const autoscaler = await autoscalerOf(things, given);
      if (autoscaler !== null && now !== given.replicas)
        throw new ActionFailed(scaledByAnother(title(ref), autoscaler), false);
      if (now !== given.replicas) await put(things, given, given.replicas);
      if (given.waitSeconds > 0) await set.watch(things, given.waitSeconds, context).untilReady([{ ref }]);
      return { state: kept, output: { replicas: given.replicas, before: kept.before } };
    },

    async read(kept, { signal }) {
      const things = await set.things(kept.cluster, signal);
      const living = await things.find(workloadRef(kept));
      if (living === null) return { exists: false, detail: 'it is not there' };
      const now = at(living, 'spec', 'replicas');
      const isSo = now === kept.replicas;
      return {
        exists: true,
        detail: isSo
          ? `it has ${kept.replicas} replicas`
          : `it differs: ${JSON.stringify(now)} replicas instead of ${kept.replicas}`,
      };
    },

    async destroy(kept, { signal, report }) {
      const things = await set.things(kept.cluster, signal);
      const living = await things.find(workloadRef(kept));
      if (living === null || at(living, 'spec', 'replicas') !== kept.replicas || kept.before === kept.replicas) return;
      await put(things, kept, kept.before);
      report(`${title(workloadRef(kept))} has ${kept.before} replicas again`);
    },
  });
}

function scaledByAnother(name: string, autoscaler: string): string {
  return `${name} is scaled by the HorizontalPodAutoscaler ${autoscaler}: change that one instead.`;
}
