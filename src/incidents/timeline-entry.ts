export type TimelineKind = 'declared' | 'room' | 'severity' | 'commander' | 'playbook' | 'step' | 'pin' | 'resolved';

/** One line of an incident's timeline. What was pinned with 📌 has its message; the rest is written by the product. */
export interface TimelineEntry {
  readonly kind: TimelineKind;
  readonly at: Date;
  readonly text: string;
  /** Slack user id of who said or did it; null for the product itself. */
  readonly authorId: string | null;
  readonly pinnedBy: readonly string[];
}
