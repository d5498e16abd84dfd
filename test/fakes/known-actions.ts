import { z } from 'zod';
import { offlineActions } from '../../src/authors/offline-actions.js';
import {
  ActionCatalog,
  type ActionInputProblem,
  type ActionSummary,
  type LookupSummary,
} from '../../src/catalog/index.js';
import type { JsonObject } from '../../src/shared/index.js';

const identifier = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);
const database = identifier;
const limit = z.int().min(1).max(1000);

/** Inputs and outputs of the real actions, so that catalog tests need no engine. */
const ACTIONS: Record<string, { input: z.ZodType; outputs: string[] }> = {
  'postgres:role': {
    input: z.strictObject({ name: identifier, connectionLimit: limit }),
    outputs: ['role', 'secretRef'],
  },
  'postgres:database': {
    input: z.strictObject({
      name: identifier,
      owner: identifier,
      extensions: z.array(z.string()),
      connectionLimit: limit,
    }),
    outputs: ['database', 'host', 'port'],
  },
  'postgres:schema': {
    input: z.strictObject({ database, schema: identifier, owner: identifier }),
    outputs: ['schema'],
  },
  'postgres:connection-check': {
    input: z.strictObject({ database, secretRef: z.string() }),
    outputs: ['ok', 'serverVersion'],
  },
  'postgres:availability': {
    input: z.strictObject({ database, available: z.boolean() }),
    outputs: ['available'],
  },
  'postgres:password-rotation': {
    input: z.strictObject({ role: z.string(), secretRef: z.string(), endSessions: z.boolean() }),
    outputs: ['role', 'secretRef'],
  },
  'postgres:terminate-sessions': {
    input: z.strictObject({ database, minutesIdle: z.int(), mode: z.string() }),
    outputs: ['terminated'],
  },
  'postgres:connection-limit': { input: z.strictObject({ database, limit }), outputs: ['limit', 'previous'] },
  'postgres:diagnose': {
    input: z.strictObject({ database, what: z.enum(['connections', 'locks', 'size']) }),
    outputs: ['report'],
  },
  'demo:progress': { input: z.strictObject({ label: z.string(), ticks: z.int() }), outputs: ['ticks'] },
  'demo:flaky': { input: z.strictObject({ label: z.string(), failures: z.int() }), outputs: ['attempts'] },
  'demo:fail': { input: z.strictObject({ when: z.boolean(), message: z.string() }), outputs: ['ok'] },
};

/** The inputs of the real lookups. */
const LOOKUPS: Record<string, z.ZodType> = {
  'postgres:databases': z.strictObject({ prefix: z.string().optional() }),
  'postgres:schemas': z.strictObject({ database }),
  'git:branches': z.strictObject({ repository: z.string() }),
};

/** Systems whose actions are taken as they are. */
const REAL = /^(?!(?:postgres|demo):)|^postgres:(?:backup|restore|drop|size-check)$/;

export class KnownActions extends ActionCatalog {
  private readonly real = offlineActions();

  has(id: string): boolean {
    return id in ACTIONS || (REAL.test(id) && this.real.has(id));
  }

  describe(): readonly ActionSummary[] {
    const known = Object.entries(ACTIONS).map(([id, { outputs }]) => ({ id, title: id, outputs }));
    return [...known, ...this.real.describe().filter(({ id }) => REAL.test(id))];
  }

  inputProblems(id: string, input: JsonObject): readonly ActionInputProblem[] {
    return id in ACTIONS ? problemsOf(ACTIONS[id]?.input, input) : this.real.inputProblems(id, input);
  }

  hasLookup(id: string): boolean {
    return id in LOOKUPS;
  }

  lookups(): readonly LookupSummary[] {
    return Object.keys(LOOKUPS).map((id) => ({ id, title: id }));
  }

  lookupProblems(id: string, input: JsonObject): readonly ActionInputProblem[] {
    return problemsOf(LOOKUPS[id], input);
  }
}

function problemsOf(schema: z.ZodType | undefined, input: JsonObject): ActionInputProblem[] {
  return (schema?.safeParse(input).error?.issues ?? []).map(({ path, message }) => ({
    path: path.map((part) => (typeof part === 'symbol' ? '' : part)),
    message,
  }));
}
