import { Injectable } from '@nestjs/common';
import { Expressions, type ActionOptions as Source } from '../../catalog/index.js';
import type { JsonObject } from '../../shared/index.js';
import { OptionLookups } from '../option-lookups.js';
import { type SourceQuestion, scopeOf } from '../option-question.js';
import type { Asked, OptionLoader } from './option-loader.js';

const TTL_SECONDS = 60;

/** What an action's lookup finds. */
@Injectable()
export class ActionOptions implements OptionLoader<Source> {
  constructor(
    private readonly lookups: OptionLookups,
    private readonly expressions: Expressions,
  ) {}

  ask({ action, with: template = {} }: Source, question: SourceQuestion): Asked {
    const input = this.expressions.evaluate(template, scopeOf(question)) as JsonObject;
    return {
      key: { from: 'action', action, input },
      ttlSeconds: TTL_SECONDS,
      load: (signal) => this.lookups.find(action, input, signal),
    };
  }
}
