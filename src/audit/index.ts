export { Audit } from './audit.js';
export { AuditModule, type AuditOptions } from './audit.module.js';
export type { AuditActor, AuditEvent, AuditRecord } from './audit-event.js';
export { CheckpointSink } from './checkpoint-sink.js';
export { Checkpoints } from './checkpoints.js';
export { SigningKey, SigningKeyRefused } from './signing-key.js';
export { type VerifyReport, verifyAudit } from './verify.js';
