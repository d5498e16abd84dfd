import type { Severity } from '../catalog/index.js';

export type IncidentState = 'open' | 'resolved';

/** Where an incident is worked on. `own` is false when Slack would not make a channel and it goes on in the incidents channel. */
export interface Room {
  /** Slack channel id; the name where the id is not known. */
  readonly channelId: string;
  readonly name: string;
  readonly own: boolean;
}

/** A declared disturbance, from the first word to the postmortem. People are Slack user ids. */
export interface Incident {
  readonly id: string;
  readonly state: IncidentState;
  readonly title: string;
  readonly severity: Severity;
  /** What is seen, in the declarer's words. */
  readonly description: string;
  readonly declaredBy: string;
  readonly commanderId: string;
  readonly onCallId: string | null;
  readonly resourceId: string | null;
  /** Null until the room is made, a moment after declaring. */
  readonly room: Room | null;
  readonly summary: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: Date | null;
  /** Markdown, written when the incident is resolved. */
  readonly postmortem: string | null;
  readonly traceId: string;
  readonly version: number;
  readonly declaredAt: Date;
}

/** The words people know a severity by. */
export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  sev1: 'critical',
  sev2: 'major',
  sev3: 'minor',
  sev4: 'low',
};
