import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { type ObjectRef, textAt, title } from './cluster-object.js';
import { clusterName } from './clusters.js';
import { apiVersion, kindName, namespaceName, objectName } from './manifest.js';
import { type ObjectSet, propagation } from './object-set.js';
import { isManaged } from './ownership.js';

const input = z.strictObject({
  cluster: clusterName,
  namespace: namespaceName,
  apiVersion,
  kind: kindName,
  name: objectName,
  propagation: propagation.default('foreground'),
  /** Also what was not made by Quartermaster. */
  foreign: z.boolean().default(false),
  goneSeconds: z.int().min(0).max(3_600).default(120),
});

const state = z.object({
  cluster: clusterName,
  namespace: z.string(),
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  /** Which very one; null: it was gone before. */
  uid: z.string().nullable(),
});

/** Takes one thing away, with what belongs to it. It can't be undone. */
export function kubernetesDeleteAction(set: ObjectSet): AnyAction {
  const refOf = ({
    apiVersion,
    kind,
    namespace,
    name,
  }: z.output<typeof state> | z.output<typeof input>): ObjectRef => ({
    apiVersion,
    kind,
    namespace,
    name,
  });
  const find = async (given: z.output<typeof input>, signal: AbortSignal) => {
    const living = await (await set.things(given.cluster, signal)).find(refOf(given));
    if (living !== null && !given.foreign && !isManaged(living))
      throw new ActionFailed(`${title(given)} was not made by Quartermaster, so it is left alone.`, false);
    return living;
  };

  return defineAction({
    id: 'kubernetes:delete',
    title: 'Taking a thing out of a cluster',
    input,
    output: z.object({ deleted: z.boolean() }),
    state,
    examples: [
      {
        title: 'On a cluster that is not on the list',
        input: {
          cluster: 'example',
          namespace: 'orders',
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'orders-blue',
        },
        plan: 'cannot',
      },
    ],

    async plan(given, { signal }) {
      const living = await find(given, signal);
      const name = `${title(given)} in ${given.namespace} on ${given.cluster}`;
      return living === null
        ? { kind: 'none', summary: `${name} is not there` }
        : { kind: 'change', summary: `Deletes ${name}; that can’t be undone` };
    },

    async intend(given, { signal }) {
      const living = await find(given, signal);
      return state.parse({ ...given, uid: living === null ? null : textAt(living, 'metadata', 'uid') });
    },

    async apply(given, context) {
      const kept = context.intended;
      if (kept === null) throw new ActionFailed('What was there before is not known.', false);
      const living = await find(given, context.signal);
      // Another one of the same name was made since: that is not the one that was meant.
      if (kept.uid === null || living === null || textAt(living, 'metadata', 'uid') !== kept.uid)
        return { state: kept, output: { deleted: kept.uid !== null } };
      const things = await set.things(given.cluster, context.signal);
      await things.remove(refOf(given), living, given.propagation);
      if (given.propagation !== 'orphan')
        await set.watch(things, given.goneSeconds, context).untilGone(refOf(given), kept.uid);
      return { state: kept, output: { deleted: true } };
    },

    async read(kept, { signal }) {
      const living = await (await set.things(kept.cluster, signal)).find(refOf(kept));
      const isGone = living === null || textAt(living, 'metadata', 'uid') !== kept.uid;
      return { exists: true, detail: isGone ? 'it is gone, as wanted' : 'it differs: it is still there' };
    },

    destroy: () => Promise.resolve(),
  });
}
