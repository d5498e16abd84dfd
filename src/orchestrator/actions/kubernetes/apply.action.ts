import { z } from 'zod';
import type { SecretStore } from '../../../secrets/index.js';
import type { Json, JsonObject } from '../../../shared/index.js';
import { type AnyAction, defineAction } from '../../action.js';
import { lateExpression, lateValue } from '../late-expressions.js';
import { masking, secretReference, secretValues } from '../secret-reference.js';
import { type ClusterObject, textAt } from './cluster-object.js';
import { clusterName } from './clusters.js';
import { kindAndName, manifest, namespaceName, objectName, secretObject } from './manifest.js';
import { type ObjectSet, objectSetState, propagation, type Wanted } from './object-set.js';

const secretKey = z.string().regex(/^[\w.-]{1,253}$/, 'letters, digits, dashes, dots and underscores');

const input = z
  .strictObject({
    cluster: clusterName,
    /** For objects that name none. */
    namespace: namespaceName.optional(),
    objects: z
      .array(
        manifest.refine(({ kind }) => kind !== 'Secret', 'give the values of a Secret by reference, under `secrets`'),
      )
      .max(50)
      .default([]),
    /** Secrets by name, each of its values by where it is in the secret store. They are made before the objects. */
    secrets: z.record(objectName, z.record(secretKey, secretReference)).default({}),
    conflicts: z.enum(['refuse', 'take']).default('refuse'),
    /** 0: nothing is waited for. */
    waitSeconds: z.int().min(0).max(3_600).default(300),
    /** What has to be true of things that are of a kind of an extension: `Certificate/orders: Ready`. */
    conditions: z.record(kindAndName, z.string().regex(/^[A-Z][A-Za-z0-9]{0,80}$/)).default({}),
    propagation: propagation.default('foreground'),
    /** CEL over `objects`, by `Kind/name`: `objects['Service/orders'].spec.clusterIP`. */
    values: z.record(z.string().regex(/^[a-zA-Z]\w{0,40}$/), lateExpression({ objects: 'dyn' })).default({}),
  })
  .refine(({ objects, secrets }) => objects.length + Object.keys(secrets).length > 0, 'give at least one object')
  .refine(({ objects, namespace }) => areDistinct(objects, namespace), {
    message: 'each object only once',
    path: ['objects'],
  });

type Input = z.output<typeof input>;

/** Objects as people write them for kubectl, kept by server-side apply. */
export function kubernetesApplyAction(set: ObjectSet): AnyAction {
  return defineAction({
    id: 'kubernetes:apply',
    title: 'Objects in a cluster',
    owns: true,
    changesInPlace: true,
    input,
    output: z.object({ cluster: z.string(), namespace: z.string().nullable(), values: z.record(z.string(), z.json()) }),
    state: objectSetState,
    examples: [
      {
        title: 'On a cluster that is not on the list',
        input: {
          cluster: 'example',
          namespace: 'orders',
          objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'orders' }, data: { size: 'small' } }],
        },
        plan: 'cannot',
      },
    ],

    async plan(given, context) {
      const { wanted } = await wantedOf(given, context.secrets);
      return set.plan(wanted, context);
    },

    async intend(given, { idempotencyKey: key, labels: { resourceId }, secrets, signal, made }) {
      const { wanted } = await wantedOf(given, secrets);
      if (made !== null) return { ...(await set.intendChange(wanted, made, signal)), propagation: given.propagation };
      return set.intend(wanted, { key, resourceId, propagation: given.propagation }, signal);
    },

    async apply(given, context) {
      const { wanted, mask } = await wantedOf(given, context.secrets);
      const intend = () =>
        set.intend(
          wanted,
          { key: context.idempotencyKey, resourceId: context.labels.resourceId, propagation: given.propagation },
          context.signal,
        );
      const state = context.intended ?? (await intend());
      const report = (line: string): void => {
        context.report(mask(line));
      };
      const applied = await set.apply(wanted, { ...context, report });
      const left = context.made === null ? state : await set.trim(state, wanted, { ...context, report });
      const things = await set.things(given.cluster, context.signal);
      if (given.waitSeconds > 0) {
        const waited = left.objects.map(({ ref }) => ({
          ref,
          condition: given.conditions[`${ref.kind}/${ref.name}`],
        }));
        await set.watch(things, given.waitSeconds, { signal: context.signal, report }).untilReady(waited);
      }
      const names = Object.keys(given.values);
      if (names.length > 0)
        for (const { ref } of left.objects) applied.set(`${ref.kind}/${ref.name}`, (await things.find(ref)) ?? {});
      return {
        state: left,
        output: { cluster: given.cluster, namespace: given.namespace ?? null, values: valuesOf(given, applied) },
      };
    },

    read: (state, { signal }) => set.read(state, signal),
    destroy: (state, context) => set.destroy(state, context),
  });
}

async function wantedOf(given: Input, store: SecretStore): Promise<{ wanted: Wanted; mask: (text: string) => string }> {
  const made: ClusterObject[] = [];
  const known: string[] = [];
  for (const [name, references] of Object.entries(given.secrets)) {
    const values = await secretValues(store, references);
    known.push(...Object.values(values));
    made.push(secretObject(name, values));
  }
  const { cluster, namespace, objects, conflicts } = given;
  return {
    wanted: { cluster, namespace, objects: [...made, ...objects], force: conflicts === 'take' },
    mask: masking(known),
  };
}

/** Secrets are not there to be read. */
function valuesOf({ values }: Input, made: ReadonlyMap<string, JsonObject>): Record<string, Json> {
  const objects = Object.fromEntries([...made].filter(([, { kind }]) => kind !== 'Secret'));
  return Object.fromEntries(Object.entries(values).map(([name, source]) => [name, lateValue(source, { objects })]));
}

function areDistinct(objects: readonly ClusterObject[], namespace: string | undefined): boolean {
  const names = objects.map(
    ({ kind, metadata }) => `${kind}/${textAt(metadata, 'namespace') || (namespace ?? '')}/${metadata.name}`,
  );
  return new Set(names).size === names.length;
}
