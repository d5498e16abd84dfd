import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../../shared/index.js';
import { type ActionContext, ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { type Address, address, addressOf, attempts, content, contentOf, everySeconds } from './http-schemas.js';
import { expected, type HttpTarget } from './http-target.js';
import { holds, type Response, responseExpression, valueOf } from './response-expressions.js';

const MAXIMUM_OUTPUT = 32_768;
const statuses = z.array(z.int().min(200).max(599)).min(1);
const writing = z.enum(['POST', 'PUT', 'PATCH', 'DELETE']);

const input = address
  .extend(content.shape)
  .extend({
    method: z.enum(['GET', 'HEAD', ...writing.options]).default('GET'),
    /** Any 2xx when left out. */
    expect: statuses.optional(),
    attempts,
    /** Asked first, by GET of the same or another URL: where it holds, nothing is sent. */
    unless: z.strictObject({ url: address.shape.url.optional(), holds: responseExpression('bool') }).optional(),
    poll: z
      .strictObject({
        /** Where to ask, out of the first answer; the same URL when left out. */
        at: responseExpression('string').optional(),
        until: responseExpression('bool'),
        failed: responseExpression('bool').optional(),
        everySeconds,
      })
      .optional(),
    /** What later steps get. */
    values: z.record(z.string().regex(/^[a-zA-Z]\w{0,40}$/), responseExpression()).default({}),
    /** What goes to the secret store instead, as `secretRef`. */
    secretValues: z.record(z.string().regex(/^[a-zA-Z]\w{0,40}$/), responseExpression()).default({}),
    undo: address
      .partial({ url: true })
      .extend(content.shape)
      .extend({ method: writing.default('DELETE'), at: responseExpression('string').optional() })
      .refine(({ url, at }) => url === undefined || at === undefined, 'give `url` or `at`, not both')
      .optional(),
  })
  .refine((wanted) => [wanted.json, wanted.form, wanted.text].filter((given) => given !== undefined).length <= 1, {
    message: 'give only one of `json`, `form` and `text`',
  });

type Wanted = z.output<typeof input>;

const state = z.object({
  /** Null: there is nothing to undo, or it isn't known yet where. */
  undo: z.object({ to: address, method: writing, content }).nullable(),
  /** An undoing was asked for whose URL only the answer gives. */
  isUndoUnknown: z.boolean(),
  secretRef: z.string().nullable(),
});

type State = z.output<typeof state>;

/** One call of an API on the list, and waiting for what it started. */
export function httpRequestAction(target: HttpTarget): AnyAction {
  return defineAction({
    id: 'http:request',
    title: 'Call an API',
    input,
    output: z.object({
      /** False: `unless` held. */
      sent: z.boolean(),
      status: z.int(),
      values: z.record(z.string(), z.json()),
      secretRef: z.string().optional(),
    }),
    state,
    examples: [
      {
        title: 'A server that is not on the list',
        input: { method: 'POST', url: 'https://api.example.org/v1', path: ['orders'], json: { name: 'orders' } },
        plan: 'cannot',
      },
    ],

    async plan(wanted, context) {
      const { host, pathname } = target.assertAllowed(wanted);
      const summary = `${wanted.method} ${host}${pathname}`;
      if (await isDone(target, wanted, context)) return { kind: 'none', summary: `${summary} is not needed` };
      return { kind: wanted.method === 'GET' || wanted.method === 'HEAD' ? 'none' : 'change', summary };
    },

    intend: (wanted) =>
      Promise.resolve({ undo: undoOf(wanted, null), isUndoUnknown: wanted.undo?.at !== undefined, secretRef: null }),

    async apply(wanted, context) {
      if (await isDone(target, wanted, context)) {
        context.report('It is done already');
        const nothing: State = { undo: null, isUndoUnknown: false, secretRef: null };
        return { state: nothing, output: { sent: false, status: 0, values: {} } };
      }
      const answer = await send(target, wanted, context);
      const undo = undoOf(wanted, answer);
      const last = await followed(target, wanted, answer, context);
      const values = Object.fromEntries(
        Object.entries(wanted.values).map(([name, source]) => [name, valueOf(source, last)]),
      );
      if (JSON.stringify(values).length > MAXIMUM_OUTPUT)
        throw new ActionFailed('The values taken out of the answer are too large.', false);
      const secretRef = await kept(wanted, last, context);
      return {
        state: { undo, isUndoUnknown: false, secretRef },
        output: { sent: true, status: last.status, values, ...(secretRef !== null && { secretRef }) },
      };
    },

    read: () => Promise.resolve({ exists: true, detail: 'a call leaves nothing that could be looked at' }),

    async destroy({ undo, isUndoUnknown, secretRef }, context) {
      if (isUndoUnknown)
        throw new ActionFailed(
          'The call was interrupted: whether it did something, and where to undo it, is not known.',
          false,
        );
      if (undo !== null) {
        const sending = { method: undo.method, content: undo.content, attempts: 4 };
        const key = `${context.idempotencyKey}:undo`;
        const response = await target.send(undo.to, { ...sending, idempotencyKey: key }, context);
        if (response.status !== 404 && response.status !== 410) expected(response, null, 'when undoing');
      }
      if (secretRef !== null) await context.secrets.remove(secretRef);
    },
  });
}

async function isDone(
  target: HttpTarget,
  wanted: Wanted,
  context: Parameters<HttpTarget['send']>[2],
): Promise<boolean> {
  const { unless } = wanted;
  if (unless === undefined) return false;
  const elsewhere = unless.url === undefined ? wanted : { ...wanted, url: unless.url, path: [], query: {} };
  if (unless.url !== undefined) assertSameOrigin(wanted, unless.url);
  return holds(unless.holds, await target.send(elsewhere, { method: 'GET', attempts: wanted.attempts }, context));
}

async function send(target: HttpTarget, wanted: Wanted, context: ActionContext): Promise<Response> {
  const { method, idempotencyKey } = { ...wanted, ...context };
  const isReading = method === 'GET' || method === 'HEAD';
  const response = await target.send(
    wanted,
    { method, attempts: wanted.attempts, ...(!isReading && { content: contentOf(wanted), idempotencyKey }) },
    context,
  );
  // While something is waited for, its absence is part of the waiting.
  if (isReading && wanted.poll !== undefined) return response;
  return expected(response, wanted.expect ?? null, `to ${method}`);
}

async function followed(
  target: HttpTarget,
  wanted: Wanted,
  answer: Response,
  context: ActionContext,
): Promise<Response> {
  const { poll } = wanted;
  if (poll === undefined) return answer;
  const to = poll.at === undefined ? wanted : placeIn(wanted, poll.at, answer);
  let first = poll.at === undefined && wanted.method === 'GET' ? answer : null;
  const ask = async (): Promise<Response> => {
    const response = first ?? (await target.send(to, { method: 'GET', attempts: wanted.attempts }, context));
    first = null;
    return response;
  };
  return target.until(ask, poll, context);
}

function undoOf(wanted: Wanted, answer: Response | null): State['undo'] {
  const { undo } = wanted;
  if (undo === undefined || (undo.at !== undefined && answer === null)) return null;
  const { method, path, query } = undo;
  const login = undo.login ?? wanted.login;
  const as = {
    headers: { ...wanted.headers, ...undo.headers },
    secretHeaders: { ...wanted.secretHeaders, ...undo.secretHeaders },
    ...(login !== undefined && { login }),
  };
  if (undo.at !== undefined && answer !== null)
    return { to: { ...placeIn(wanted, undo.at, answer), ...as }, method, content: contentOf(undo) };
  if (undo.url !== undefined) assertSameOrigin(wanted, undo.url);
  const place = undo.url === undefined ? { url: wanted.url, path: [...wanted.path, ...path] } : { url: undo.url, path };
  return { to: { ...place, query, ...as }, method, content: contentOf(undo) };
}

/** A URL out of an answer, with our credentials only where they were meant for. */
function placeIn(wanted: Wanted, source: string, answer: Response): Address {
  const value = valueOf(source, answer);
  const found = typeof value === 'string' ? URL.parse(value, wanted.url) : null;
  if (found === null) throw new ActionFailed(`“${source}” gives no URL.`, false);
  assertSameOrigin(wanted, found.href);
  return { ...addressOf(wanted), url: found.href, path: [], query: {} };
}

function assertSameOrigin({ url }: Pick<Address, 'url'>, other: string): void {
  if (new URL(url).origin !== new URL(other).origin)
    throw new ActionFailed('The other URL of this step is on another server. Nothing was sent there.', false);
}

async function kept(
  wanted: Wanted,
  last: Response,
  { secrets, labels, idempotencyKey }: ActionContext,
): Promise<string | null> {
  const sources = Object.entries(wanted.secretValues);
  if (sources.length === 0) return null;
  const data = Object.fromEntries(sources.map(([name, source]) => [name, textOf(valueOf(source, last))]));
  const name = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 16);
  return secrets.put(`http/${labels.team}/${labels.resourceId}/${name}`, data, { idempotencyKey });
}

function textOf(value: JsonObject[string]): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
