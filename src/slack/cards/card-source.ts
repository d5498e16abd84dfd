import type { KnownBlock, View } from '@slack/web-api';
import type { SubjectRef } from '../../platform/changes/index.js';
import type { Json } from '../../shared/index.js';

/** Where a card is wanted. */
export interface Placement {
  /** Which of the subject's cards: `request`, `approval`, `playbook` … */
  readonly surface: string;
  /** A channel's name without `#`, or its id; for an App Home the person's id. */
  readonly place: string;
  /** Opaque to the flusher; handed to `render`. Fixed when the card is first wanted. */
  readonly data?: Json;
}

/** A message as a pure function of the state. */
export interface CardMessage {
  readonly kind?: 'message';
  /** For notifications and screen readers: what happened, in one line. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** An App Home, published rather than posted. */
export interface CardHome {
  readonly kind: 'home';
  readonly view: View;
}

export interface CardRef {
  readonly id: string;
  readonly surface: string;
  readonly place: string;
  readonly data: Json;
  /** Null while it is not posted, as far as is known. */
  readonly ts: string | null;
  /** An earlier try to post it never learned how it went. */
  readonly maybePosted: boolean;
}

/**
 * Says where a kind of subject is shown and what it looks like now. One source a kind of subject; it must only read.
 * The flusher does the rest: posts once, updates in place at Slack's pace, finds again what it posted before a crash.
 */
export interface CardSource {
  readonly kind: SubjectRef['kind'];
  /** The cards wanted for this subject. What was placed once stays and is updated, whether or not it is listed again. */
  placements(id: string): Promise<readonly Placement[]>;
  /** The newest state. Null: there is nothing to show (any more); what was posted stays as it is. */
  render(id: string, card: CardRef): Promise<CardMessage | CardHome | null>;
  /** Persons whose App Home shows this subject. */
  homesOf?(id: string): Promise<readonly string[]>;
  /** Where words about the subject belong when they are not under its (first) card: an incident's own channel. */
  threadOf?(id: string): Promise<{ channel: string; ts?: string } | null>;
}

/** Injection token of all {@link CardSource}s. */
export const CARD_SOURCES = Symbol('CardSources');
