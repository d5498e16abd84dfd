import { Injectable } from '@nestjs/common';
import { Expressions } from '../../catalog/index.js';
import type { Run } from '../../orchestrator/index.js';
import { Logger } from '../../platform/logging/index.js';
import type { Json, JsonObject } from '../../shared/index.js';

/** Works out what is known of a resource once something was done to it. */
@Injectable()
export class WhatItGives {
  constructor(
    private readonly expressions: Expressions,
    private readonly logger: Logger,
  ) {}

  /** One that can't be evaluated is left out: what was done is done all the same. */
  evaluated(templates: Readonly<Record<string, string>>, scope: JsonObject): JsonObject {
    const values = Object.entries(templates).flatMap(([name, template]): [string, Json][] => {
      try {
        return [[name, this.expressions.evaluate(template, scope)]];
      } catch (error) {
        this.logger.error('What a resource gives could not be evaluated', error, { name });
        return [];
      }
    });
    return Object.fromEntries(values);
  }
}

/** By convention a step whose output is called `secretRef` made the credentials of the resource. */
export function secretRefOf(run: Run): string | null {
  return run.steps.map(({ output }) => output?.secretRef).find((ref) => typeof ref === 'string') ?? null;
}
