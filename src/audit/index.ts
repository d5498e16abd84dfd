export { Audit } from './audit.js';
export { AuditModule } from './audit.module.js';
export type { AuditActor, AuditEvent, AuditRecord } from './audit-event.js';
export { CheckpointSink } from './checkpoint-sink.js';
export { Checkpoints } from './checkpoints.js';
export { SigningKey } from './signing-key.js';
export { verifyAudit } from './verify.js';
