import { Agent, type Dispatcher, request } from 'undici';
import { AppError } from '../../shared/index.js';
import { AllowList } from './allow-list.js';
import { HttpAnswerTooLarge, HttpRefused, HttpUnanswered } from './http-errors.js';
import { pinnedConnector, type Resolve, resolveByDns } from './pinned-connector.js';

const TIMEOUT_MILLISECONDS = 30_000;
const MAXIMUM_BYTES = 1_048_576;
const MAXIMUM_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface HttpCall {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** They go to the origin of `url` alone, not to where it redirects. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMilliseconds?: number;
  readonly maximumBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; of a repeated one, all joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The one way out to servers that files name. What it may reach is listed; the check is repeated for the address that is connected to and for
 * every redirect. Time and size are limited. It keeps no cookies and knows no proxy.
 */
export class GuardedHttp {
  private readonly allowed: AllowList;
  private readonly agent: Agent;

  /** `allow`: see {@link AllowList}. @throws InvalidAllowList */
  constructor(allow: readonly string[], resolve: Resolve = resolveByDns) {
    this.allowed = new AllowList(allow);
    this.agent = new Agent({ connect: pinnedConnector(this.allowed, resolve), maxHeaderSize: 16_384 });
  }

  /** The URL, parsed. @throws HttpRefused with what to do, when it is not listed */
  checked(text: string): URL {
    const url = URL.parse(text);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new HttpRefused('This is not an http or https URL. Nothing was sent.');
    if (url.username !== '' || url.password !== '')
      throw new HttpRefused('A URL must not hold a user or password. Nothing was sent.');
    if (!this.allowed.permits(url))
      throw new HttpRefused(
        `${url.origin} is not on the list of servers this installation may talk to. Nothing was sent; the platform team can add it.`,
      );
    return url;
  }

  /** Any status is an answer. @throws HttpRefused, HttpUnanswered, HttpAnswerTooLarge */
  async call(call: HttpCall): Promise<HttpAnswer> {
    const time = AbortSignal.timeout(call.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS);
    const signal = call.signal === undefined ? time : AbortSignal.any([call.signal, time]);
    let url = this.checked(call.url);
    let headers = call.headers ?? {};
    for (let hop = 0; hop <= MAXIMUM_REDIRECTS; hop += 1) {
      const answer = await this.once(url, { ...call, headers }, signal);
      const { location } = answer.headers;
      if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
      const next = this.redirected(url, location, call.method ?? 'GET');
      if (next.origin !== url.origin) headers = {};
      url = next;
    }
    throw new HttpRefused(`${url.host} redirected too often.`);
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private redirected(from: URL, location: string, method: string): URL {
    if (method !== 'GET' && method !== 'HEAD')
      throw new HttpRefused(`${from.host} answered with a redirect, which is followed for reading only.`);
    const next = URL.parse(location, from.href);
    if (next === null) throw new HttpRefused(`${from.host} redirected to something that is no URL.`);
    if (from.protocol === 'https:' && next.protocol !== 'https:')
      throw new HttpRefused(`${from.host} redirected from https to something else.`);
    return this.checked(next.href);
  }

  private async once(url: URL, call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      const answer = await request(url.href.replace(/#.*$/s, ''), {
        dispatcher: this.agent,
        method: call.method ?? 'GET',
        headers: { 'user-agent': 'quartermaster', 'accept-encoding': 'identity', ...call.headers },
        ...(call.body !== undefined && { body: call.body }),
        signal,
      });
      const body = await bodyOf(answer, url, call.maximumBytes ?? MAXIMUM_BYTES);
      return { status: answer.statusCode, headers: headersOf(answer.headers), body };
    } catch (error) {
      throw explained(error, url, signal);
    }
  }
}

async function bodyOf({ body }: Dispatcher.ResponseData, url: URL, maximum: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > maximum) throw new HttpAnswerTooLarge(`${url.host} answered with more than ${maximum} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, [value].flat().join(', ')]));
}

function explained(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'UND_ERR_INVALID_ARG')
    return new HttpRefused('A header or the body is not valid in HTTP. Nothing was sent.');
  const details = { host: url.host, code };
  const sentence = signal.aborted ? `${url.host} took too long to answer.` : `${url.host} does not answer just now.`;
  return new HttpUnanswered(sentence, { cause: error, details });
}
