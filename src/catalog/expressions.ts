import { Injectable } from '@nestjs/common';
import type { Json } from '../shared/index.js';

/** What expressions can see when they are evaluated: `{ params, request, resource, steps, incident }`. */
export type Scope = Readonly<Record<string, Json>>;

/** CEL type names by field, nested: `{ params: { name: 'string' } }`. `dyn` when unknown. */
export interface KnownScope {
  readonly [name: string]: string | KnownScope;
}

@Injectable()
export class Expressions {
  evaluate(template: Json, _scope: Scope): Json {
    return template;
  }

  condition(_template: string, _scope: Scope): boolean {
    return true;
  }

  check(_template: Json, _known: KnownScope): string[] {
    return [];
  }
}
