import type { z } from 'zod';
import type { PlannedChange } from '../requests/index.js';
import type { SecretStore } from '../secrets/index.js';
import { AppError, type Json, type JsonObject } from '../shared/index.js';
import { parsed } from './action-input.js';
import type { AnyLookup } from './lookup.js';
import { NoSecrets } from './no-secrets.js';

export { ActionFailed } from './action-failed.js';

/** What everything that is made carries, where its system has a place for it. */
export interface Labels {
  readonly resourceId: string;
  readonly team: string;
  readonly environment: string;
  /** Whose effect it is; empty where no request asked for it: a step of a playbook. */
  readonly requestId: string;
}

export interface ActionContext {
  /** The same key is the same effect: apply must find and adopt what an interrupted attempt left behind. */
  readonly idempotencyKey: string;
  /** Fires when the step's time is up. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly labels: Labels;
  readonly secrets: SecretStore;
  /** One line of progress for the card. */
  readonly report: (line: string) => void;
}

/** What looking may use: it changes nothing, and is told to stop when it takes too long. */
export type LookContext = Pick<ActionContext, 'secrets' | 'signal'>;

/** What lives already and is to become something else: of an earlier apply, under the same key. */
export interface Made<State> {
  readonly state: State;
  readonly output: JsonObject;
}

/** What is to be changed in place; null when it is made for the first time. Only for actions with `changesInPlace`. */
interface InPlace<State> {
  readonly made: Made<State> | null;
}

/** Labels where it is known for which resource the plan is. */
export type PlanContext<State = Json> = LookContext & InPlace<State> & { readonly labels: Labels | null };

export type IntentContext<State = Json> = LookContext &
  InPlace<State> &
  Pick<ActionContext, 'idempotencyKey' | 'labels'>;

export interface ApplyContext<State> extends ActionContext, InPlace<State> {
  readonly intended: State | null;
}

export type PlannedEffect = Pick<PlannedChange, 'kind' | 'summary'> & { readonly details?: readonly string[] };

export interface Applied<State, Output> {
  /** What `read` and `destroy` need later. Never secrets. */
  readonly state: State;
  /** What later steps and the resource may use. Never secrets: a reference under the name `secretRef` becomes the resource's credentials. */
  readonly output: Output;
}

/** What can be told of a thing and may be changed behind our back, by its name for people: never secrets. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** What `read` finds. Facts are those of a thing that is there. */
export interface Found {
  readonly exists: boolean;
  readonly detail: string;
  readonly facts?: Facts;
}

export interface ActionExample {
  readonly title: string;
  readonly input: JsonObject;
  /** What its plan says on an empty target. */
  readonly plan: PlannedEffect['kind'];
}

/** A small resource controller: preview, retry, compensation, drift and teardown all come from its four verbs. */
export interface Action<Input extends z.ZodType, State extends z.ZodType<JsonObject>, Output extends z.ZodObject> {
  /** `system:thing`. */
  readonly id: string;
  readonly title: string;
  readonly input: Input;
  readonly output: Output;
  readonly state: State;
  readonly examples: readonly ActionExample[];
  /** What there is of its kind, for the options of a parameter. */
  readonly lookup?: AnyLookup;
  /** It only waits, for time, people or events: others may work meanwhile. */
  readonly waits?: true;
  /**
   * Whether a newer version of an item may ask for something else of what lives: then `plan`, `intend` and `apply` find in
   * `context.made` what lives, and make it what the input says without losing what is in it. Applying the former input again
   * takes that back: `intended` then says what may have been done.
   */
  readonly changesInPlace?: true;
  /** What `read` finds is of its making alone, and gone once destroyed: what is still there afterwards is an orphan. */
  readonly owns?: true;
  /** What apply would change. Changes nothing itself. An AppError becomes the plan `cannot`, with its sentence. */
  plan(input: z.output<Input>, context: PlanContext<z.output<State>>): Promise<PlannedEffect>;
  /**
   * The state that `destroy` would need if apply died half way. Written down before apply, once: retries get the first answer
   * as `context.intended`. Leave it out when an unfinished apply leaves nothing behind.
   */
  intend?(input: z.output<Input>, context: IntentContext<z.output<State>>): Promise<z.output<State>>;
  /** Makes it so; idempotent under the context's key. @throws ActionFailed */
  apply(
    input: z.output<Input>,
    context: ApplyContext<z.output<State>>,
  ): Promise<Applied<z.output<State>, z.output<Output>>>;
  /** What is there now. */
  read(state: z.output<State>, context: LookContext): Promise<Found>;
  /** The facts that `read` finds while nobody has changed anything: what is compared for drift. Leave it out when there is nothing but being there. */
  expects?(input: z.output<Input>): Facts;
  /** Brings these facts back to what is wanted, and leaves everything else alone. Without it drift can only be accepted. @throws ActionFailed */
  mend?(state: z.output<State>, wanted: Facts, context: ActionContext): Promise<void>;
  /** Takes it away or puts it back; harmless when it is gone. @throws ActionFailed */
  destroy(state: z.output<State>, context: ActionContext): Promise<void>;
}

/** A context in which secrets and signal may be left out. */
type Looking<Context extends LookContext & InPlace<Json>> = Loose<Omit<Context, keyof LookContext>> &
  Partial<LookContext>;
/** Nothing is changed in place where nobody says so. */
type Loose<Context extends InPlace<Json>> = Omit<Context, 'made'> & Partial<InPlace<Json>>;

/** An action whose types have been forgotten; inputs and states are parsed before they reach it. */
export interface AnyAction {
  readonly id: string;
  readonly title: string;
  readonly input: z.ZodType;
  readonly output: z.ZodObject;
  readonly examples: readonly ActionExample[];
  readonly lookup?: AnyLookup;
  readonly waits?: true;
  readonly changesInPlace: boolean;
  readonly owns?: true;
  /** Without a context there are no secrets to look with. */
  plan(input: unknown, context?: Partial<PlanContext>): Promise<PlannedEffect>;
  /** Null when an unfinished apply leaves nothing behind. */
  intend(input: unknown, context: Looking<IntentContext>): Promise<JsonObject | null>;
  apply(input: unknown, context: Loose<ApplyContext<Json>>): Promise<Applied<JsonObject, JsonObject>>;
  read(state: Json, context?: Partial<LookContext>): Promise<Found>;
  expects(input: unknown): Facts;
  /** Whether drift can be put right. */
  readonly mends: boolean;
  mend(state: Json, wanted: Facts, context: ActionContext): Promise<void>;
  destroy(state: Json, context: ActionContext): Promise<void>;
}

/** Checks the definition's types and puts its own schemas at its doors. */
export function defineAction<Input extends z.ZodType, State extends z.ZodType<JsonObject>, Output extends z.ZodObject>(
  action: Action<Input, State, Output>,
): AnyAction {
  const { input: inputSchema, state: stateSchema } = action;
  const inputOf = (input: unknown): z.output<Input> => parsed(inputSchema, input, 'input', action.id);
  const stateOf = (state: unknown): z.output<State> => parsed(stateSchema, state, 'state', action.id);
  const madeOf = (made: Made<Json> | null = null): Made<z.output<State>> | null =>
    made === null ? null : { state: stateOf(made.state), output: made.output };
  return {
    id: action.id,
    title: action.title,
    input: action.input,
    output: action.output,
    examples: action.examples,
    ...(action.lookup !== undefined && { lookup: action.lookup }),
    ...(action.waits === true && { waits: true }),
    changesInPlace: action.changesInPlace === true,
    ...(action.owns === true && { owns: true }),
    plan: async (input, context) => {
      try {
        const made = madeOf(context?.made);
        return await action.plan(inputOf(input), { ...looking(context), labels: context?.labels ?? null, made });
      } catch (error) {
        if (error instanceof AppError) return { kind: 'cannot', summary: error.publicMessage };
        throw error;
      }
    },
    intend: async (input, context) =>
      (await action.intend?.(inputOf(input), { ...context, ...looking(context), made: madeOf(context.made) })) ?? null,
    apply: async (input, context) => {
      const intended = context.intended === null ? null : stateOf(context.intended);
      const applied = await action.apply(inputOf(input), { ...context, intended, made: madeOf(context.made) });
      return { ...applied, output: jsonOf(action.output.parse(applied.output)) };
    },
    read: async (state, context) => action.read(stateOf(state), looking(context)),
    expects: (input) => action.expects?.(inputOf(input)) ?? {},
    mends: action.mend !== undefined,
    mend: async (state, wanted, context) => {
      await action.mend?.(stateOf(state), wanted, context);
    },
    destroy: async (state, context) => {
      await action.destroy(stateOf(state), context);
    },
  };
}

/** Who waits for a plan waits for no longer than this. */
const LOOK_MILLISECONDS = 20_000;

function looking({ secrets = new NoSecrets(), signal }: Partial<LookContext> = {}): LookContext {
  return { secrets, signal: signal ?? AbortSignal.timeout(LOOK_MILLISECONDS) };
}

/** As it will come back from the database. */
function jsonOf(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
