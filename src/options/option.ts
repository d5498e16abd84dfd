/** One thing that may be chosen. */
export interface Option {
  /** What is kept. */
  readonly value: string;
  /** What is read. */
  readonly title: string;
  readonly description?: string;
}

/**
 * `ok`: these are all that match. `more`: there are others; type on. `stale`: as they were, because the source can't be asked just now.
 * `loading`: nothing is known yet, and it takes longer than a person waits. `down`: nothing is known, and the source can't be asked.
 * `incomplete`: another field decides on them and is empty. `withheld`: not for this person and team.
 */
export type OptionState = 'ok' | 'more' | 'stale' | 'loading' | 'down' | 'incomplete' | 'withheld';

export interface OptionAnswer {
  readonly options: readonly Option[];
  readonly state: OptionState;
  /** A sentence for the person, short enough for a menu: with every state but `ok`, and with `ok` when nothing matches. */
  readonly note?: string;
}

/** As Slack takes it: what is longer can't be offered. */
export const MOST_OFFERED = 100;
export const LONGEST_VALUE = 150;
