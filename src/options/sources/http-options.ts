import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Expressions, type HttpOptions as Source } from '../../catalog/index.js';
import { GuardedHttp } from '../../platform/http-client/index.js';
import { AppError, type Json } from '../../shared/index.js';
import type { Option } from '../option.js';
import { MOST_KEPT } from '../option-index.js';
import { type SourceQuestion, scopeOf } from '../option-question.js';
import { filledUrl } from '../url-template.js';
import type { Asked, OptionLoader } from './option-loader.js';

const TTL_SECONDS = 60;
const TIMEOUT_MILLISECONDS = 8_000;
const MAXIMUM_BYTES = 8 * 1024 * 1024;
/** So many answers are read before others get their turn. */
const AT_ONCE = 200;

export class UnusableAnswer extends AppError {
  readonly code = 'options.unusable_answer';
}

/** What a server answers with JSON. Only listed servers are asked. */
@Injectable()
export class HttpOptions implements OptionLoader<Source> {
  constructor(
    private readonly http: GuardedHttp,
    private readonly expressions: Expressions,
  ) {}

  ask(source: Source, question: SourceQuestion): Asked {
    const url = filledUrl(source.url, scopeOf(question), this.expressions);
    const { items = null, value = null, title = null, description = null } = source;
    return {
      key: { from: 'http', url, items, value, title, description },
      ttlSeconds: TTL_SECONDS,
      load: async (signal) => this.options(source, await this.answer(url, signal)),
    };
  }

  private async answer(url: string, signal: AbortSignal): Promise<Json> {
    const limits = { timeoutMilliseconds: TIMEOUT_MILLISECONDS, maximumBytes: MAXIMUM_BYTES };
    const { status, body } = await this.http.call({ url, headers: { accept: 'application/json' }, signal, ...limits });
    if (status < 200 || status > 299) throw new UnusableAnswer(`The server answered with ${status}.`);
    try {
      return JSON.parse(body) as Json;
    } catch {
      throw new UnusableAnswer('The server answered with something that is no JSON.');
    }
  }

  private async options(source: Source, response: Json): Promise<Option[]> {
    const items = source.items === undefined ? response : this.expressions.evaluate(source.items, { response });
    if (!Array.isArray(items)) throw new UnusableAnswer('What the server answered is no list.');
    const options: Option[] = [];
    for (const [index, item] of items.slice(0, MOST_KEPT + 1).entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
      const value = this.text(source.value, item);
      if (value === '') continue;
      const title = this.text(source.title, item) || value;
      const description = source.description === undefined ? '' : this.text(source.description, item);
      options.push({ value, title, ...(description !== '' && { description }) });
    }
    return options;
  }

  /** Empty when it can't be worked out for this item, or is no text. */
  private text(template: string | undefined, item: Json): string {
    try {
      const value = template === undefined ? item : this.expressions.evaluate(template, { item });
      return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    } catch {
      return '';
    }
  }
}
