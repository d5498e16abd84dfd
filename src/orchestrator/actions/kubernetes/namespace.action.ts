import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction, type Made } from '../../action.js';
import { clusterName } from './clusters.js';
import { namespaceObjects, namespaceParts } from './namespace-objects.js';
import { type ObjectSet, type ObjectSetState, objectSetState, type Wanted } from './object-set.js';

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
    changesInPlace: true,
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

    async plan(given, context) {
      assertSameName(given, context.made);
      return set.plan(wantedOf(given), context);
    },

    async intend(given, { idempotencyKey: key, labels: { resourceId }, signal, made }) {
      assertSameName(given, made);
      if (made !== null) return set.intendChange(wantedOf(given), made, signal);
      return set.intend(wantedOf(given), { key, resourceId, propagation: 'foreground' }, signal);
    },

    async apply(given, context) {
      const { idempotencyKey: key, labels, signal } = context;
      const wanted = wantedOf(given);
      const of = { key, resourceId: labels.resourceId, propagation: 'foreground' } as const;
      const state = context.intended ?? (await set.intend(wanted, of, signal));
      await set.apply(wanted, context);
      const left = context.made === null ? state : await set.trim(state, wanted, context);
      return { state: left, output: { cluster: given.cluster, namespace: given.name } };
    },

    read: (state, { signal }) => set.read(state, signal),
    destroy: (state, context) => set.destroy(state, context),
  });
}

/** @throws ActionFailed: with another name everything in it would go */
function assertSameName({ name }: z.output<typeof input>, made: Made<ObjectSetState> | null): void {
  if (made === null || made.output.namespace === name) return;
  throw new ActionFailed('A namespace can’t be renamed. Request it anew and move over.', false);
}
