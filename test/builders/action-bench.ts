import type { ActionContext, AnyAction } from '../../src/orchestrator/index.js';
import type { Json, JsonObject } from '../../src/shared/index.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';

interface Living {
  readonly state: JsonObject;
  readonly output: JsonObject;
}

/** One action with everything it may use, driven as the step engine does: intend once, then apply as often as wanted. */
export class ActionBench {
  readonly reported: string[] = [];
  private readonly intended = new Map<string, JsonObject | null>();
  private readonly changes = new Map<string, JsonObject | null>();

  constructor(
    readonly action: AnyAction,
    readonly secrets: SecretsInMemory = new SecretsInMemory(),
  ) {}

  context(key: string, more: Partial<ActionContext> = {}): ActionContext {
    return {
      idempotencyKey: key,
      signal: new AbortController().signal,
      attempt: 1,
      labels: { resourceId: 'res-test', team: 'payments', environment: 'development', requestId: 'req-test' },
      secrets: this.secrets,
      report: (line) => this.reported.push(line),
      ...more,
    };
  }

  plan(input: JsonObject) {
    return this.action.plan(input, { secrets: this.secrets, labels: this.context('').labels });
  }

  async intend(input: JsonObject, key = 'key-1'): Promise<JsonObject | null> {
    const known = this.intended.get(key);
    if (known !== undefined) return known;
    const state = await this.action.intend(input, this.context(key));
    this.intended.set(key, state);
    return state;
  }

  async apply(input: JsonObject, key = 'key-1', more: Partial<ActionContext> = {}) {
    const intended = await this.intend(input, key);
    return this.action.apply(input, { ...this.context(key, more), intended });
  }

  planChange(input: JsonObject, made: Living) {
    return this.action.plan(input, { secrets: this.secrets, labels: this.context('').labels, made });
  }

  /** As an upgrade does to what lives, under its old key. */
  async change(input: JsonObject, made: Living, key = 'key-1') {
    const context = { ...this.context(key), made };
    const intended = this.changes.get(JSON.stringify([key, input, made])) ?? (await this.action.intend(input, context));
    this.changes.set(JSON.stringify([key, input, made]), intended);
    return this.action.apply(input, { ...context, intended });
  }

  /** The way back of an upgrade: what was asked for before, applied to what has become of it. */
  changeBack(former: JsonObject, made: Living, key = 'key-1') {
    return this.action.apply(former, { ...this.context(key), intended: made.state, made });
  }

  read(state: Json) {
    return this.action.read(state, { secrets: this.secrets });
  }

  destroy(state: Json, key = 'key-1', more: Partial<ActionContext> = {}) {
    return this.action.destroy(state, this.context(key, more));
  }

  /** Messages about an input that does not fit, by field. */
  problems(input: JsonObject): string[] {
    const parsed = this.action.input.safeParse(input);
    return (parsed.error?.issues ?? []).map(({ path }) => path.map(String).join('.'));
  }
}
