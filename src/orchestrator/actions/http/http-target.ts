import {
  callPersistently,
  type GuardedHttp,
  type HttpAnswer,
  HttpAnswerTooLarge,
  type HttpCall,
  HttpRefused,
  HttpUnanswered,
  type Pause,
  pauseFor,
} from '../../../platform/http-client/index.js';
import type { Json } from '../../../shared/index.js';
import { type ActionContext, ActionFailed, type LookContext } from '../../action.js';
import { masking, secretValue, secretValues } from '../secret-reference.js';
import { type Address, type Content, urlOf } from './http-schemas.js';
import { withValueAt } from './json-places.js';
import { holds, type Response } from './response-expressions.js';

const MAXIMUM_BYTES = 524_288;
const SHOWN_OF_A_REFUSAL = 200;
/** It may work later. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

export type Looking = LookContext & Partial<Pick<ActionContext, 'report'>>;

export interface Sending {
  readonly method: NonNullable<HttpCall['method']>;
  readonly content?: Content;
  /** Goes along as Idempotency-Key. */
  readonly idempotencyKey?: string;
  readonly attempts: number;
}

/** Servers that steps talk to: with their secrets, patiently, and never showing what came back. */
export class HttpTarget {
  constructor(
    private readonly http: GuardedHttp,
    private readonly pause: Pause = pauseFor,
  ) {}

  /** @throws ActionFailed with what to do */
  assertAllowed(to: Pick<Address, 'url' | 'path' | 'query'>): URL {
    try {
      return this.http.checked(urlOf(to));
    } catch (error) {
      throw explained(error);
    }
  }

  /** Any status is an answer; the secrets that went along are hidden in it. @throws ActionFailed */
  async send(to: Address, { method, content, idempotencyKey, attempts }: Sending, context: Looking): Promise<Response> {
    const { headers, body, secrets } = await this.prepared(to, content, context);
    const key = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    const call: HttpCall = {
      method,
      url: urlOf(to),
      headers: { accept: 'application/json', ...headers, ...key },
      ...(body !== undefined && { body }),
      signal: context.signal,
      maximumBytes: MAXIMUM_BYTES,
    };
    try {
      const { signal } = context;
      const answer = await callPersistently(() => this.http.call(call), { attempts, signal, pause: this.pause });
      return responseOf(answer, masking(secrets));
    } catch (error) {
      throw explained(error);
    }
  }

  /** Asks until the condition holds or the step's time is up. @throws ActionFailed */
  async until(
    ask: () => Promise<Response>,
    { until, failed, everySeconds }: { until: string; failed?: string | undefined; everySeconds: number },
    context: Looking,
  ): Promise<Response> {
    for (let asked = 1; ; asked += 1) {
      const response = await ask();
      if (failed !== undefined && holds(failed, response))
        throw new ActionFailed(`The server says that it did not work (“${failed}”).`, false);
      if (holds(until, response)) return response;
      if (response.status >= 400 && !PASSING.has(response.status) && response.status !== 404)
        throw refusal(response, 'while waiting');
      context.report?.(`Not there yet, asked ${asked} time${asked === 1 ? '' : 's'}`);
      try {
        await this.pause(everySeconds * 1000, context.signal);
      } catch (cause) {
        throw new ActionFailed(`It took too long until “${until}” held.`, true, { cause });
      }
    }
  }

  private async prepared(
    to: Address,
    content: Content | undefined,
    { secrets: store }: LookContext,
  ): Promise<{ headers: Record<string, string>; body: string | undefined; secrets: string[] }> {
    const known = await secretValues(store, to.secretHeaders);
    const headers: Record<string, string> = { ...to.headers };
    for (const [name, { prefix }] of Object.entries(to.secretHeaders)) headers[name] = prefix + (known[name] ?? '');
    const secrets = Object.values(known);
    if (to.login !== undefined) {
      const { ref, usernameField, passwordField } = to.login;
      const username = await secretValue(store, { ref, field: usernameField });
      const password = await secretValue(store, { ref, field: passwordField });
      const both = Buffer.from(`${username}:${password}`).toString('base64');
      headers.authorization = `Basic ${both}`;
      secrets.push(password, both);
    }
    if (content === undefined) return { headers, body: undefined, secrets };
    const inBody = await secretValues(store, content.bodySecrets);
    return { ...encoded(content, inBody, headers), secrets: [...secrets, ...Object.values(inBody)] };
  }
}

/** @throws ActionFailed unless the status is one of those */
export function expected(response: Response, statuses: readonly number[] | null, doing: string): Response {
  const { status } = response;
  const isGood = statuses === null ? status >= 200 && status < 300 : statuses.includes(status);
  if (!isGood) throw refusal(response, doing);
  return response;
}

function refusal({ status, body }: Response, doing: string): ActionFailed {
  const said = saidIn(body);
  const more = said === '' ? '' : `: ${said}`;
  return new ActionFailed(`The server answered ${status} ${doing}${more}`, PASSING.has(status));
}

/** The one sentence that most APIs put into a refusal. */
function saidIn(body: Json): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return '';
  const said = [body.message, body.error, body.detail, body.title].find((text) => typeof text === 'string');
  return typeof said === 'string' ? said.slice(0, SHOWN_OF_A_REFUSAL) : '';
}

function encoded(
  { json, form, text }: Content,
  secrets: Readonly<Record<string, string>>,
  headers: Record<string, string>,
): { headers: Record<string, string>; body: string | undefined } {
  const typed = (type: string): Record<string, string> => ({ 'content-type': type, ...headers });
  if (json !== undefined || Object.keys(secrets).length > 0) {
    const whole = Object.entries(secrets).reduce<Json>(
      (made, [pointer, value]) => withValueAt(made, pointer.slice(1).split('/'), value),
      json ?? {},
    );
    return { headers: typed('application/json'), body: JSON.stringify(whole) };
  }
  if (form !== undefined)
    return { headers: typed('application/x-www-form-urlencoded'), body: new URLSearchParams(form).toString() };
  return { headers: text === undefined ? headers : typed('text/plain; charset=utf-8'), body: text };
}

function responseOf({ status, headers, body }: HttpAnswer, mask: (text: string) => string): Response {
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, mask(value)]));
  const text = mask(body);
  try {
    return { status, headers: shown, body: JSON.parse(text) as Json };
  } catch {
    return { status, headers: shown, body: text };
  }
}

export function explained(error: unknown): unknown {
  if (error instanceof HttpRefused || error instanceof HttpAnswerTooLarge)
    return new ActionFailed(error.publicMessage, false, { cause: error });
  if (error instanceof HttpUnanswered) return new ActionFailed(error.publicMessage, true, { cause: error });
  if (error instanceof Error && error.name === 'AbortError')
    return new ActionFailed('It was stopped while waiting for the server.', true, { cause: error });
  return error;
}
