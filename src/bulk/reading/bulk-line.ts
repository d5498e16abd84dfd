import type { Json } from '../../shared/index.js';

/** One wish of a file, as it was written. */
export interface BulkLine {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly itemName: string;
  /** Left out: the person's own. */
  readonly teamId?: string | undefined;
  /** Left out: the item's first. */
  readonly environment?: string | undefined;
  /** Left out: as long as the item says. */
  readonly leaseHours?: number | undefined;
  readonly reason?: string | undefined;
  /** Parameters by path, as if somebody had typed them into the form. */
  readonly typed: Readonly<Record<string, Json>>;
}

/** Something to mend in a file before any of it is sent. */
export interface BulkProblem {
  readonly line: number;
  readonly message: string;
}

export interface BulkReading {
  readonly lines: readonly BulkLine[];
  readonly problems: readonly BulkProblem[];
}

/** More are better made by a program, or in several files. */
export const MOST_LINES = 200;
