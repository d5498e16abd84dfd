import { z } from 'zod';
import type { JsonObject } from '../shared/index.js';

export type BulkState =
  /** Looked at, and fine; nothing is requested. */
  | 'checked'
  /** Its lines become requests, one after the other. */
  | 'sending'
  /** All lines are requests or were refused. */
  | 'sent'
  /** All requests came to their end. */
  | 'done';
export type BulkRowState = 'waiting' | 'opened' | 'refused';

/** What one line asks for, complete. */
export interface BulkWish {
  readonly itemName: string;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  readonly leaseHours: number;
}

export interface NewBulkRow {
  /** Of the file. */
  readonly line: number;
  /** Of the resource it would make. */
  readonly title: string;
  readonly wish: BulkWish;
  readonly planDigest: string;
}

export interface BulkRow extends NewBulkRow {
  readonly state: BulkRowState;
  readonly requestId: string | null;
  /** Why it was refused when it was sent. */
  readonly problem: string | null;
}

/** How many lines stand where. They add up to all lines. */
export const countsSchema = z.object({
  unsent: z.number().default(0),
  approval: z.number().default(0),
  making: z.number().default(0),
  ready: z.number().default(0),
  failed: z.number().default(0),
  refused: z.number().default(0),
});
export type BulkCounts = z.infer<typeof countsSchema>;

/** Many requests of one file. */
export interface Bulk {
  readonly id: string;
  readonly personId: string;
  /** Of the file, or of what was pasted. */
  readonly name: string;
  readonly originChannelId: string | null;
  readonly digest: string;
  readonly state: BulkState;
  readonly counts: BulkCounts;
  readonly traceId: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly doneAt: Date | null;
}
