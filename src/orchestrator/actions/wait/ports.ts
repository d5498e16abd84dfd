import type { Json } from '../../../shared/index.js';

export interface Question {
  /** One question a key, ever. */
  readonly key: string;
  readonly text: string;
  /** Whose answer counts: one person, or anybody of a team. */
  readonly of: { readonly person: string } | { readonly team: string; readonly leadsOnly: boolean };
}

export type Answer = { readonly kind: 'open' } | { readonly kind: 'confirmed' | 'refused'; readonly by: string };

/** Port, bound in orchestrator/waits: questions to people. */
export abstract class ConfirmationDesk {
  /** Asks once. @throws ActionFailed when there is nobody to ask */
  abstract ask(question: Question): Promise<void>;
  abstract answer(key: string): Promise<Answer>;
  /** It isn't waited for any more; what is answered already stays so. */
  abstract withdraw(key: string): Promise<void>;
}

export interface ReceivedEvent {
  readonly body: Json;
  readonly at: Date;
}

/** Port, bound in orchestrator/waits: what other systems tell. */
export abstract class EventSource {
  /** The oldest ones of that name since the moment, a hundred at most. */
  abstract since(name: string, moment: string): Promise<readonly ReceivedEvent[]>;
}
