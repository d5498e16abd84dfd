import type { Tx } from '../database/index.js';

/** What a card, a trail or a notice is about. */
export interface SubjectRef {
  kind:
    | 'request'
    | 'approval'
    | 'resource'
    | 'incident'
    | 'exception'
    | 'person'
    | 'audit'
    | 'bulk'
    | 'orphans'
    | 'fleet';
  id: string;
}

/** The PostgreSQL channel that wakes whoever projects changes; a missed notification costs nothing but a tick. */
export const CHANGES_CHANNEL = 'qm_changes';

/** Marks subjects as changed in the caller's transaction, so that what shows them can never be forgotten after a commit. */
export class Changes {
  private readonly marked = new WeakMap<Tx, Map<string, SubjectRef>>();

  /** However often a subject is marked in one transaction, one mark is written, at its end. */
  mark(tx: Tx, ...subjects: SubjectRef[]): Promise<void> {
    const marked = this.marked.get(tx) ?? this.begin(tx);
    for (const subject of subjects) marked.set(`${subject.kind}:${subject.id}`, subject);
    return Promise.resolve();
  }

  private begin(tx: Tx): Map<string, SubjectRef> {
    const marked = new Map<string, SubjectRef>();
    this.marked.set(tx, marked);
    tx.atEnd(async () => {
      const subjects = [...marked.values()];
      await tx.query(
        'insert into subject_marks (subject_kind, subject_id) select * from unnest($1::text[], $2::text[])',
        [subjects.map(({ kind }) => kind), subjects.map(({ id }) => id)],
      );
    });
    tx.wake(CHANGES_CHANNEL);
    return marked;
  }
}
