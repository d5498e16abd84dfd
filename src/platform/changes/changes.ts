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

/** Kinds and ids, one for one. */
export type Marks = readonly [kinds: readonly string[], ids: readonly string[]];

/** SQL that writes {@link Marks} down, given the places of both parameters. */
export function insertMarks(kinds: string, ids: string): string {
  return `insert into subject_marks (subject_kind, subject_id) select * from unnest(${kinds}::text[], ${ids}::text[])`;
}

/** Marks subjects as changed in the caller's transaction, so that what shows them can never be forgotten after a commit. */
export class Changes {
  private readonly marked = new WeakMap<Tx, Map<string, SubjectRef>>();

  /** However often a subject is marked in one transaction, one mark is written, at its end. */
  mark(tx: Tx, ...subjects: SubjectRef[]): Promise<void> {
    const marked = this.marked.get(tx) ?? this.begin(tx);
    for (const subject of subjects) marked.set(`${subject.kind}:${subject.id}`, subject);
    return Promise.resolve();
  }

  /** What is marked by now, for whoever writes it down as part of another statement at the end of this transaction. */
  take(tx: Tx): Marks {
    const marked = this.marked.get(tx);
    const subjects = [...(marked?.values() ?? [])];
    marked?.clear();
    return [subjects.map(({ kind }) => kind), subjects.map(({ id }) => id)];
  }

  private begin(tx: Tx): Map<string, SubjectRef> {
    const marked = new Map<string, SubjectRef>();
    this.marked.set(tx, marked);
    // After all others, who may have taken them.
    tx.atEnd(() => {
      tx.atEnd(async () => {
        if (marked.size > 0) await tx.query(insertMarks('$1', '$2'), [...this.take(tx)]);
      });
      return Promise.resolve();
    });
    tx.wake(CHANGES_CHANNEL);
    return marked;
  }
}
