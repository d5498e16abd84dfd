import type { Tx } from '../database/index.js';

/** What a card, a trail or a notice is about. */
export interface SubjectRef {
  kind: 'request' | 'approval' | 'resource' | 'incident' | 'person' | 'audit';
  id: string;
}

/** The PostgreSQL channel that wakes whoever projects changes; a missed notification costs nothing but a tick. */
export const CHANGES_CHANNEL = 'qm_changes';

/** Marks subjects as changed in the caller's transaction, so that what shows them can never be forgotten after a commit. */
export class Changes {
  async mark(tx: Tx, ...subjects: SubjectRef[]): Promise<void> {
    // In one order everywhere, so that two transactions that mark the same subjects can't deadlock.
    const ordered = [...subjects].sort((a, b) => `${a.kind}:${a.id}`.localeCompare(`${b.kind}:${b.id}`));
    for (const { kind, id } of ordered) {
      await tx.query(
        `insert into subject_changes (subject_kind, subject_id) values ($1, $2)
         on conflict (subject_kind, subject_id) do update set revision = subject_changes.revision + 1, changed_at = now()`,
        [kind, id],
      );
    }
    await tx.query('select pg_notify($1, $2)', [CHANGES_CHANNEL, '']);
  }
}
