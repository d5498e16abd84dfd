import type { KnownBlock } from '@slack/web-api';
import type { Person } from '../identity/index.js';
import type { Listeners } from './wire/listener-table.js';

/** What one person, or one channel, reads. `text` is for notifications and screen readers, and always there. */
export interface Words {
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
  /** Words of our own making, with nothing in them that anybody typed or made: they need no redactor. */
  readonly verbatim?: boolean;
}

/** A command as somebody gave it, by slash command or by mentioning the bot in a thread. */
export interface CommandCall {
  readonly person: Person;
  /** What follows the subcommand, trimmed; as typed. */
  readonly text: string;
  readonly channelId: string;
  /** Present for slash commands: opens one modal within 3 s. Absent in threads. */
  readonly triggerId?: string;
  readonly traceId: string;
  /** Answers for their eyes only (in a thread: in the thread). */
  readonly reply: (words: Words) => Promise<void>;
}

/** `/qm <name> …`. Listed in the help in the order of registration. */
export interface Subcommand {
  readonly name: string;
  /** What may follow: `[item]`. */
  readonly usage: string;
  readonly summary: string;
  /** False for those that only open a modal: a mention in a thread can't. */
  readonly inThreads: boolean;
  /** It only looks: answering a repeated delivery twice does no harm. All others are taken once, whichever replica they come to. */
  readonly onlyReads?: boolean;
  run(call: CommandCall): Promise<void>;
}

/**
 * One feature of the Slack side. A listener in it acknowledges, parses, calls one use case, and lets the card follow.
 * It may throw: an AppError reaches the person with its public sentence, anything else with a trace id.
 */
export interface SlackFeature {
  readonly subcommands?: readonly Subcommand[];
  /** Attach listeners for actions, views, events, options and shortcuts. Called once at start. */
  register?(app: Listeners): void;
}

/** Injection token of all {@link SlackFeature}s. */
export const SLACK_FEATURES = Symbol('SlackFeatures');
