import { z } from 'zod';
import { type AnyAction, defineAction } from '../../action.js';
import { at, textAt, title } from './cluster-object.js';
import type { ObjectSet } from './object-set.js';
import { foundWorkload, workload, workloadRef } from './workload.js';

/** On the template of the pods: another value is another rollout, the same value is none. */
const RESTARTED_BY = 'quartermaster/restarted-by';

const input = workload.extend({ waitSeconds: z.int().min(0).max(3_600).default(300) }).strict();

/** Replaces the pods of a workload one after another, as its update strategy says. It can't be undone and need not be. */
export function kubernetesRestartAction(set: ObjectSet): AnyAction {
  return defineAction({
    id: 'kubernetes:restart',
    title: 'Restart of a workload',
    input,
    output: z.object({ restarted: z.boolean() }),
    state: workload,
    examples: [
      {
        title: 'On a cluster that is not on the list',
        input: { cluster: 'example', namespace: 'orders', name: 'orders' },
        plan: 'cannot',
      },
    ],

    async plan(given, { signal }) {
      const things = await set.things(given.cluster, signal);
      const living = await foundWorkload(things, given);
      if (at(living, 'spec', 'paused') === true)
        return {
          kind: 'cannot',
          summary: `${title(workloadRef(given))} is paused: a restart would wait until it is resumed.`,
        };
      return {
        kind: 'change',
        summary: `Restarts ${title(workloadRef(given))} in ${given.namespace} on ${given.cluster}`,
      };
    },

    intend: (given) => Promise.resolve(workload.parse(given)),

    async apply(given, context) {
      const things = await set.things(given.cluster, context.signal);
      const living = await foundWorkload(things, given);
      const ref = workloadRef(given);
      const isDone =
        textAt(living, 'spec', 'template', 'metadata', 'annotations', RESTARTED_BY) === context.idempotencyKey;
      if (!isDone) {
        const annotations = { [RESTARTED_BY]: context.idempotencyKey };
        await things.merge(ref, { spec: { template: { metadata: { annotations } } } }, `restarting ${title(ref)}`);
        context.report(`${title(ref)} restarts`);
      }
      if (given.waitSeconds > 0) await set.watch(things, given.waitSeconds, context).untilReady([{ ref }]);
      return { state: workload.parse(given), output: { restarted: !isDone } };
    },

    async read(state, { signal }) {
      const things = await set.things(state.cluster, signal);
      const exists = (await things.find(workloadRef(state))) !== null;
      return { exists, detail: exists ? 'it was restarted' : 'it is not there' };
    },

    destroy: () => Promise.resolve(),
  });
}
