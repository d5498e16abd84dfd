import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { Audit, type AuditEvent, CheckpointSink, Checkpoints, SigningKey } from '../../src/audit/index.js';
import { Changes } from '../../src/platform/changes/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { RandomIds } from '../../src/shared/index.js';
import type { TestDatabase } from './database.js';

/** The audit trail of a test database, with a key and a second sink of its own. */
export async function auditOn(database: TestDatabase, folder: string) {
  const redactor = new Redactor();
  const key = await freshSigningKey();
  const sink = new CheckpointSink(join(folder, 'checkpoints.jsonl'));
  const changes = new Changes();
  const audit = new Audit(database.transactions, changes, new RandomIds(), redactor);
  return { audit, redactor, key, sink, checkpoints: new Checkpoints(database.transactions, changes, key, sink) };
}

export function freshSigningKey(): Promise<SigningKey> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return SigningKey.load({ pem, file: '' });
}

export function anEvent(given: Partial<AuditEvent> = {}): AuditEvent {
  return {
    type: 'request.submitted',
    actor: { kind: 'person', id: 'U-LEA' },
    subject: { kind: 'request', id: 'req-00000001' },
    traceId: 'trc-1',
    summary: 'asked for postgres-database',
    ...given,
  };
}
