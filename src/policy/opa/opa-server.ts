import { z } from 'zod';
import type { GuardedHttp } from '../../platform/http-client/index.js';
import { AppError } from '../../shared/index.js';
import type { RuleFacts } from '../rules/rule-facts.js';
import { answerOf, none, type OpaAnswer } from './opa-answer.js';

const MAXIMUM_BYTES = 64 * 1024;
const OK = 200;

/** `result` is left out when the decision is undefined. */
const answered = z.object({ result: z.json().optional() });

/** OPA's data API: `POST /v1/data/<path>` with `{ "input": … }`. */
export class OpaServer {
  constructor(
    private readonly http: Pick<GuardedHttp, 'call'>,
    private readonly token?: string,
  ) {}

  /** Never throws. */
  async ask(
    { url, path, timeoutMs }: { readonly url: string; readonly path: string; readonly timeoutMs: number },
    facts: RuleFacts,
  ): Promise<OpaAnswer> {
    try {
      const { status, body } = await this.http.call({
        method: 'POST',
        url: `${url.replace(/\/+$/, '')}/v1/data/${path}`,
        headers: {
          'content-type': 'application/json',
          ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        },
        body: JSON.stringify({ input: facts }),
        timeoutMilliseconds: timeoutMs,
        maximumBytes: MAXIMUM_BYTES,
      });
      return status === OK ? decisionIn(body, path) : none(`OPA answered with status ${status}`);
    } catch (error) {
      return none(error instanceof AppError ? sentence(error.publicMessage) : 'OPA could not be asked');
    }
  }
}

function decisionIn(body: string, path: string): OpaAnswer {
  const parsed = answered.safeParse(jsonIn(body));
  if (!parsed.success) return none('OPA answered with something else than a decision');
  const { result } = parsed.data;
  return result === undefined ? none(`OPA has no decision ${path}`) : answerOf(result);
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

/** It stands in brackets inside another one. */
function sentence(text: string): string {
  return text.replace(/\.$/, '');
}
