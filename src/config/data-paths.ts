import { join } from 'node:path';

/** Where the parts of the data folder live. */
export function dataPaths(dataDir: string): {
  postgres: string;
  playground: string;
  secretsKey: string;
  auditKey: string;
  auditSink: string;
} {
  return {
    postgres: join(dataDir, 'postgres'),
    playground: join(dataDir, 'playground.json'),
    secretsKey: join(dataDir, 'secrets.key'),
    auditKey: join(dataDir, 'audit-signing.key'),
    auditSink: join(dataDir, 'audit-checkpoints.jsonl'),
  };
}
