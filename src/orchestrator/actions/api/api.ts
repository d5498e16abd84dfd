import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Json, JsonObject } from '../../../shared/index.js';
import type { LookContext } from '../../action.js';
import { address, url } from '../http/http-schemas.js';
import { expected, type HttpTarget } from '../http/http-target.js';
import { secretReference } from '../secret-reference.js';

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A server with an API and who we are there. */
export const server = z.strictObject({
  url,
  token: secretReference.exactOptional(),
  /** What stands before the token in the header Authorization. */
  scheme: z.enum(['Bearer', 'token', 'Basic']).default('Bearer'),
});

export type Server = z.output<typeof server>;

export interface Asked {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** Statuses that mean that it is not there, besides 404 and 410. */
  readonly absent?: readonly number[];
}

/** What actions on things behind an API need of it. Any other answer than a good one is thrown as ActionFailed. */
export interface Api {
  /** Null: it is not there. */
  find(path: readonly string[], asked?: Asked): Promise<Json | null>;
  /** `absent` answers null: for what is harmless when it is gone. */
  send(method: Method, path: readonly string[], body?: Json, asked?: Asked): Promise<Json | null>;
}

/** The APIs of listed servers, as JSON over HTTP. */
export class HttpApis {
  constructor(
    readonly target: HttpTarget,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** The same with headers that one kind of server wants. */
  with(headers: Readonly<Record<string, string>>): HttpApis {
    return new HttpApis(this.target, { ...this.headers, ...headers });
  }

  connect(to: Server, context: LookContext & { idempotencyKey?: string }): Api {
    const at = (path: readonly string[], query: Asked['query'] = {}) =>
      address.parse({
        url: to.url,
        path,
        query,
        headers: this.headers,
        ...(to.token !== undefined && { secretHeaders: { Authorization: { ...to.token, prefix: `${to.scheme} ` } } }),
      });
    const missing = ({ absent = [] }: Asked, status: number): boolean =>
      status === 404 || status === 410 || absent.includes(status);
    return {
      find: async (path, asked = {}) => {
        const answer = await this.target.send(at(path, asked.query), { method: 'GET', attempts: 3 }, context);
        return missing(asked, answer.status) ? null : expected(answer, null, 'when looking').body;
      },
      send: async (method, path, body, asked) => {
        const sending = {
          method,
          attempts: 4,
          ...(body !== undefined && { content: { json: body, bodySecrets: {} } }),
          ...(context.idempotencyKey !== undefined && {
            idempotencyKey: `${context.idempotencyKey}:${method}:${path.join('/')}`,
          }),
        };
        const answer = await this.target.send(at(path, asked?.query), sending, context);
        if (asked !== undefined && missing(asked, answer.status)) return null;
        return expected(answer, null, `to ${method} ${path.join('/')}`).body;
      },
    };
  }
}

/** A short name that follows from the key, so that what an attempt made is found by the next one. */
export function nameFor(key: string, prefix = 'qm-'): string {
  return prefix + createHash('sha256').update(key).digest('hex').slice(0, 24);
}

export function objectOf(json: Json | null | undefined): JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
}

export function listOf(json: Json | null | undefined): Json[] {
  return Array.isArray(json) ? json : [];
}

export function textOf(json: Json | undefined): string {
  return typeof json === 'string' ? json : typeof json === 'number' ? String(json) : '';
}
