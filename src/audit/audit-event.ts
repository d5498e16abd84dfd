import type { SubjectRef } from '../platform/changes/index.js';
import type { Json } from '../shared/index.js';

export interface AuditActor {
  kind: 'person' | 'system';
  /** A person's Slack user id, or the name of the part of the system. */
  id: string;
}

/** Who did what to which subject. It is redacted before it is written. */
export interface AuditEvent {
  /** Past tense: `request.approved`. */
  type: string;
  actor: AuditActor;
  subject: SubjectRef;
  traceId: string;
  /** One plain line, as the audit channel shows it. */
  summary: string;
  data?: Json;
}

export interface AuditRecord extends AuditEvent {
  id: string;
  at: Date;
}
