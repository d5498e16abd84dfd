import type { IncomingMessage } from 'node:http';
import express, { type Request, type Response, type Router } from 'express';
import { complaints } from '../block-kit/complaints.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import type { CallLog, PlannedFailure } from './call-log.js';
import type { ApiMethod } from './method.js';
import { METHODS } from './methods.js';
import type { PostLimit } from './post-limit.js';
import { assertScope } from './scopes.js';

export interface ApiDependencies {
  world: World;
  calls: CallLog;
  postLimit: PostLimit | null;
}

/** `/api/<method>`: arguments from query, form or JSON; a token; an answer with `ok`. */
export function apiRouter(dependencies: ApiDependencies): Router {
  const router = express.Router();
  const note = (request: IncomingMessage): boolean => request.headers['content-type']?.includes('json') === true;
  router.use(express.urlencoded({ extended: false, limit: '2mb', parameterLimit: 200 }));
  router.use(express.json({ limit: '2mb', type: note }));
  // Slack answers a body that it cannot read with a word, not with a status.
  router.use((error: unknown, _request: Request, response: Response, _next: () => void) => {
    response
      .status(200)
      .json({ ok: false, error: error instanceof SyntaxError ? 'invalid_json' : 'invalid_form_data' });
  });
  router.all('/:method', async (request, response) => {
    const args = argumentsOf(request);
    const name = request.params.method;
    const answer = await answerTo(dependencies, name, args, tokenOf(request, args));
    dependencies.calls.record(name, args, answer.body.ok === true ? undefined : String(answer.body.error));
    if (answer.retryAfterSeconds !== undefined) response.set('Retry-After', String(answer.retryAfterSeconds));
    response.status(answer.status).json(warned(request, answer.body));
  });
  return router;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
  retryAfterSeconds?: number | undefined;
}

/** Slack warns of JSON that does not say its charset. */
function warned(request: IncomingMessage, body: Record<string, unknown>): Record<string, unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!type.includes('json') || type.includes('charset') || body.warning !== undefined) return body;
  const metadata = typeof body.response_metadata === 'object' ? body.response_metadata : {};
  return { ...body, warning: 'missing_charset', response_metadata: { ...metadata, warnings: ['missing_charset'] } };
}

function argumentsOf(request: Request): Record<string, unknown> {
  const body: unknown = request.body;
  const fields =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
  return { ...request.query, ...fields };
}

function tokenOf(request: Request, args: Record<string, unknown>): string | undefined {
  const header = request.headers.authorization;
  if (header?.startsWith('Bearer ') === true) return header.slice('Bearer '.length);
  return typeof args.token === 'string' ? args.token : undefined;
}

async function answerTo(
  { world, calls, postLimit }: ApiDependencies,
  name: string,
  args: Record<string, unknown>,
  token: string | undefined,
): Promise<Answer> {
  try {
    const method = METHODS.get(name);
    if (method === undefined) throw new Refusal('unknown_method', { fields: { req_method: name } });
    const planned = calls.takePlanned(name);
    if (planned !== undefined) throw plannedRefusal(planned);
    authorize(world, method, token);
    if (method.token === 'bot') assertScope(world, name, args);
    postLimit?.count(name, args.channel);
    const parsed = method.parse(args);
    if (!parsed.success)
      throw new Refusal('invalid_arguments', { messages: complaints(parsed.error, args, '').map(tidy) });
    return { status: 200, body: { ok: true, ...(await method.run(world, parsed.data)) } };
  } catch (error) {
    if (error instanceof Refusal) return refusal(error);
    throw error;
  }
}

function plannedRefusal({ error, status, retryAfterSeconds }: PlannedFailure): Refusal {
  return new Refusal(error, {
    status: status ?? (error === 'ratelimited' ? 429 : 200),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** A wrong argument is named without a place in it. */
const tidy = (message: string): string => message.replace(' [json-pointer:]', '');

function authorize(world: World, method: ApiMethod, token: string | undefined): void {
  if (method.token === 'none') return;
  if (token === undefined || token === '') throw new Refusal('not_authed');
  const { botToken, appToken } = world.options.app;
  const kind = token === botToken ? 'bot' : token === appToken ? 'app' : undefined;
  if (kind === undefined) throw new Refusal('invalid_auth');
  if (kind !== method.token) throw new Refusal('not_allowed_token_type');
  if (world.workspace.bot.deleted) throw new Refusal('account_inactive');
}

function refusal({ code, details }: Refusal): Answer {
  return {
    status: details.status ?? 200,
    body: {
      ok: false,
      error: code,
      ...details.fields,
      ...(details.messages === undefined ? {} : { response_metadata: { messages: details.messages } }),
    },
    retryAfterSeconds: details.retryAfterSeconds ?? (details.status === 429 ? 1 : undefined),
  };
}
