import { z } from 'zod';
import { type AnyAction, defineAction } from '../../action.js';
import { clusterName } from './clusters.js';
import { namespaceObjects, namespaceParts } from './namespace-objects.js';
import { type ObjectSet, objectSetState, type Wanted } from './object-set.js';

const input = namespaceParts.extend({ cluster: clusterName }).strict();

/** A namespace with its quota, limits, network policy and who may do what in it. Taken away, everything in it goes. */
export function kubernetesNamespaceAction(set: ObjectSet): AnyAction {
  const wantedOf = (given: z.output<typeof input>): Wanted => ({
    cluster: given.cluster,
    objects: namespaceObjects(given),
    force: false,
  });
  return defineAction({
    id: 'kubernetes:namespace',
    title: 'Namespace in a cluster',
    owns: true,
    input,
    output: z.object({ cluster: z.string(), namespace: z.string() }),
    state: objectSetState,
    examples: [
      {
        title: 'On a cluster that is not on the list',
        input: { cluster: 'example', name: 'orders', quota: { 'limits.cpu': 4, 'limits.memory': '8Gi' } },
        plan: 'cannot',
      },
    ],

    plan: (given, { labels, signal }) => set.plan(wantedOf(given), labels, signal),

    intend: (given, { idempotencyKey: key, labels: { resourceId }, signal }) =>
      set.intend(wantedOf(given), { key, resourceId, propagation: 'foreground' }, signal),

    async apply(given, context) {
      const { idempotencyKey: key, labels, signal } = context;
      const wanted = wantedOf(given);
      const of = { key, resourceId: labels.resourceId, propagation: 'foreground' } as const;
      const state = context.intended ?? (await set.intend(wanted, of, signal));
      await set.apply(wanted, context);
      return { state, output: { cluster: given.cluster, namespace: given.name } };
    },

    read: (state, { signal }) => set.read(state, signal),
    destroy: (state, context) => set.destroy(state, context),
  });
}
