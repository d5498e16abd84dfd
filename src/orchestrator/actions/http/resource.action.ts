import { z } from 'zod';
import type { Json } from '../../../shared/index.js';
import { ActionFailed, type AnyAction, defineAction, type Labels, type LookContext } from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { address, addressOf, attempts, content, contentOf, everySeconds } from './http-schemas.js';
import { expected, type HttpTarget } from './http-target.js';
import { differences, valueAt, withValueAt } from './json-places.js';
import { type Response, responseExpression, valueOf } from './response-expressions.js';

const GONE = new Set([404, 410]);
const GONE_EVERY_SECONDS = 2;
const markPath = z
  .array(z.string().regex(/^[\w.-]{1,80}$/))
  .min(1)
  .max(10);

const input = address.extend({
  create: z.strictObject({
    method: z.enum(['POST', 'PUT']).default('PUT'),
    /** Where it is made, when that is not its own URL: a list that is posted to. */
    url: address.shape.url.optional(),
    path: address.shape.path,
    ...content.shape,
  }),
  remove: z
    .strictObject({ method: z.enum(['DELETE', 'POST']).default('DELETE'), path: address.shape.path })
    .prefault({}),
  /** Where the API keeps a note of ours: the key goes there, and tells what is ours from what is not. */
  mark: markPath.optional(),
  /** Where the API keeps labels: an object of them with ours goes there. */
  labels: markPath.optional(),
  /** What has to be so, as a part of what GET answers. Differences are drift. */
  wanted: z.json().optional(),
  ready: z
    .strictObject({ until: responseExpression('bool'), failed: responseExpression('bool').optional(), everySeconds })
    .optional(),
  values: z.record(z.string().regex(/^[a-zA-Z]\w{0,40}$/), responseExpression()).default({}),
  attempts,
});

const state = z.object({
  at: address,
  remove: z.object({ method: z.enum(['DELETE', 'POST']), path: z.array(z.string()) }),
  mark: markPath.nullable(),
  wanted: z.json(),
  key: z.string(),
  foundBefore: z.boolean(),
});

type Wanted = z.output<typeof input>;
type State = z.output<typeof state>;

/** A thing behind an API of the list that has a URL of its own: made, looked at by GET, taken away. */
export function httpResourceAction(target: HttpTarget): AnyAction {
  const look = (at: State['at'], context: LookContext, tries = 3): Promise<Response> =>
    target.send(at, { method: 'GET', attempts: tries }, context);

  return defineAction({
    id: 'http:resource',
    title: 'Thing behind an API',
    input,
    output: z.object({ url: z.string(), values: z.record(z.string(), z.json()) }),
    state,
    examples: [
      {
        title: 'On a server that is not on the list',
        input: { url: 'https://api.example.org/v1', path: ['queues', 'orders'], create: { json: { size: 3 } } },
        plan: 'cannot',
      },
    ],

    async plan(wanted, context) {
      const { host, pathname } = target.assertAllowed(wanted);
      const found = await look(wanted, context, wanted.attempts);
      if (GONE.has(found.status)) return { kind: 'create', summary: `${host}${pathname}` };
      expected(found, null, 'when looking');
      return { kind: 'cannot', summary: `${host}${pathname} exists already. Choose another name.` };
    },

    async intend(wanted, context) {
      const found = await look(wanted, context, wanted.attempts);
      const { remove, mark = null, wanted: so = null } = wanted;
      const foundBefore = !GONE.has(found.status);
      if (foundBefore) expected(found, null, 'when looking');
      return { at: addressOf(wanted), remove, mark, wanted: so, key: context.idempotencyKey, foundBefore };
    },

    async apply(wanted, context) {
      const kept = context.intended;
      if (kept === null) throw new ActionFailed('What was there before is not known.', false);
      const found = await look(kept.at, context, wanted.attempts);
      const isThere = !GONE.has(found.status);
      if (isThere) expected(found, null, 'when looking');
      if (isThere && !isOurs(kept, found)) throw notOurs();
      if (!isThere) await create(target, wanted, context);
      const ask = (): Promise<Response> => look(kept.at, context, wanted.attempts);
      const made =
        wanted.ready === undefined
          ? expected(await ask(), null, 'when looking at what was made')
          : await target.until(ask, wanted.ready, context);
      if (!isOurs(kept, made)) throw notOurs();
      const values = Object.fromEntries(
        Object.entries(wanted.values).map(([name, source]) => [name, valueOf(source, made)]),
      );
      return { state: { ...kept, foundBefore: false }, output: { url: target.assertAllowed(kept.at).href, values } };
    },

    async read(kept, context) {
      const found = await look(kept.at, context);
      if (GONE.has(found.status)) return { exists: false, detail: 'it is not there' };
      expected(found, null, 'when looking');
      if (!isOurs(kept, found)) return { exists: false, detail: 'something else has its place' };
      const differ = differences(kept.wanted, kept.wanted === null ? null : found.body);
      return {
        exists: true,
        detail: differ.length === 0 ? 'it is there' : `it is there, but differs in ${differ.join(', ')}`,
      };
    },

    async destroy(kept, context) {
      const found = await look(kept.at, context);
      if (GONE.has(found.status)) return;
      expected(found, null, 'when looking');
      if (!isOurs(kept, found)) return;
      const at = { ...kept.at, path: [...kept.at.path, ...kept.remove.path] };
      const sending = { method: kept.remove.method, attempts: 4, idempotencyKey: `${kept.key}:remove` };
      const answer = await target.send(at, sending, context);
      if (GONE.has(answer.status)) return;
      expected(answer, null, 'when taking it away');
      if (answer.status !== 202) return;
      const gone = { until: 'response.status == 404 || response.status == 410', everySeconds: GONE_EVERY_SECONDS };
      await target.until(() => look(kept.at, context), gone, context);
    },
  });
}

async function create(
  target: HttpTarget,
  wanted: Wanted,
  context: LookContext & { idempotencyKey: string; labels: Labels },
): Promise<void> {
  const { method, url, path } = wanted.create;
  const body = contentOf(wanted.create);
  const { idempotencyKey } = context;
  const to = url === undefined ? { ...wanted, path: [...wanted.path, ...path] } : { ...wanted, url, path };
  if (url !== undefined && new URL(url).origin !== new URL(wanted.url).origin)
    throw new ActionFailed('The URL to create at is on another server. Nothing was sent there.', false);
  const labelled = Object.entries(labelsUnder('', context.labels)).reduce<Json | undefined>(
    (json, [name, value]) =>
      wanted.labels === undefined ? json : withValueAt(json ?? {}, [...wanted.labels, name], value),
    body.json,
  );
  const json = wanted.mark === undefined ? labelled : withValueAt(labelled ?? {}, wanted.mark, idempotencyKey);
  const content = json === undefined ? body : { ...body, json };
  const sending = { method, content, idempotencyKey, attempts: wanted.attempts };
  const answer = await target.send(to, sending, context);
  // Somebody was faster; whether that was us, the next look says.
  if (answer.status !== 409) expected(answer, null, 'when making it');
}

function notOurs(): ActionFailed {
  return new ActionFailed('It exists already and is not ours to change. Choose another name.', false);
}

/** By its mark; where the API keeps none, what was not there before us is ours. */
function isOurs({ mark, key, foundBefore }: State, { body }: Response): boolean {
  return mark === null ? !foundBefore : valueAt(body, mark) === key;
}
