export type InteractionKind = 'slash_commands' | 'interactive' | 'options';

/** What the app answered: the body of its acknowledgement, parsed if it was JSON. */
export type Acknowledgement =
  | { kind: 'empty' }
  | { kind: 'text'; text: string }
  | { kind: 'json'; body: Record<string, unknown> };

/** Why a delivery failed, in the words of Slack's `X-Slack-Retry-Reason`. */
export type FailureReason = 'http_timeout' | 'http_error' | 'connection_failed';

export class DeliveryFailed extends Error {
  constructor(
    readonly reason: FailureReason,
    detail: string,
    /** The app said that it wants no second delivery (`X-Slack-No-Retry: 1`). */
    readonly final = false,
  ) {
    super(detail);
  }
}

export interface Retry {
  number: number;
  reason: FailureReason;
}

/** One attempt at bringing something to the app, whichever way it is connected. Rejects with {@link DeliveryFailed}. */
export interface Transport {
  interact(kind: InteractionKind, payload: Record<string, unknown>): Promise<Acknowledgement>;
  event(envelope: Record<string, unknown>, retry: Retry | null): Promise<void>;
}

/** The way to the app: interactions are tried once, events again and again as Slack does. */
export interface AppDoor {
  interact(kind: InteractionKind, payload: Record<string, unknown>): Promise<Acknowledgement>;
  /** Sends an event to the app; returns at once. */
  emit(event: Record<string, unknown>): void;
  /** Sends the last event of that type again, same `event_id`, marked as a retry. False if there was none. */
  redeliver(eventType: string): boolean;
  /** Resolves when no event is under way. */
  settled(): Promise<void>;
}
