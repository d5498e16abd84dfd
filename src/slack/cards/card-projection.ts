import { Inject, Injectable } from '@nestjs/common';
import type { SubjectRef } from '../../platform/changes/index.js';
import { Transactions } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { Clock } from '../../shared/index.js';
import { CardStore } from './card.store.js';
import { CARD_SOURCES, type CardSource } from './card-source.js';

/** Marks, of which several may be of one subject. */
const BATCH = 500;
const LEFT_ALONE_MILLISECONDS = 30_000;

interface Changed {
  kind: SubjectRef['kind'];
  id: string;
  /** The marks that were seen; those that come in meanwhile stay. */
  marks: string[];
}

interface Projected {
  readonly subject: SubjectRef;
  readonly homes: readonly string[];
  readonly marks: readonly string[];
}

/**
 * Turns "this subject changed" into "these cards are to be rendered". Only reads subjects and writes cards, so two replicas
 * may do the same one at once: it costs one rendering that changes nothing.
 */
@Injectable()
export class CardProjection {
  private readonly sources: ReadonlyMap<string, CardSource>;
  /** When to try those again that failed. */
  private readonly failing = new Map<string, number>();

  constructor(
    private readonly transactions: Transactions,
    private readonly store: CardStore,
    private readonly logger: Logger,
    private readonly clock: Clock,
    @Inject(CARD_SOURCES) sources: readonly CardSource[],
  ) {
    this.sources = new Map(sources.map((source) => [source.kind, source]));
  }

  source(kind: SubjectRef['kind']): CardSource | undefined {
    return this.sources.get(kind);
  }

  /** Projects all that changed. A subject that fails is left alone for a while; the others go on. */
  async run(): Promise<void> {
    const now = this.clock.now().getTime();
    for (const [key, until] of this.failing) if (until <= now) this.failing.delete(key);
    for (;;) {
      const changed = await this.unprojected();
      if (changed.length === 0) return;
      const projected: Projected[] = [];
      for (const one of changed) {
        const done = await this.unlessItFails(one, now);
        if (done !== null) projected.push(done);
      }
      await this.store.wantAgain(projected.map(({ subject }) => subject));
      await this.store.wantHomesAgain([...new Set(projected.flatMap(({ homes }) => homes))]);
      const seen = projected.flatMap(({ marks }) => marks);
      await this.transactions.query('delete from subject_marks where id = any($1)', [seen]);
    }
  }

  private async unlessItFails(changed: Changed, now: number): Promise<Projected | null> {
    try {
      return await this.project(changed);
    } catch (error) {
      this.failing.set(keyOf(changed), now + LEFT_ALONE_MILLISECONDS);
      this.logger.error('A change was not projected to its cards; it is tried again', error, { subject: changed.id });
      return null;
    }
  }

  private async project({ kind, id, marks }: Changed): Promise<Projected> {
    const subject = { kind, id };
    const source = this.sources.get(kind);
    if (source === undefined) return { subject, homes: [], marks };
    for (const placement of await source.placements(id)) await this.store.want(subject, placement);
    return { subject, homes: (await source.homesOf?.(id)) ?? [], marks };
  }

  /** Audit events are many and shown in batches: {@link AuditBatches} takes them. */
  private unprojected(): Promise<Changed[]> {
    return this.transactions.query<Changed>(
      `select subject_kind as kind, subject_id as id, array_agg(mark) as marks from (
         select id as mark, subject_kind, subject_id from subject_marks
         where subject_kind <> 'audit' and subject_kind || ':' || subject_id <> all($2) order by id limit $1) as oldest
       group by subject_kind, subject_id order by min(mark)`,
      [BATCH, [...this.failing.keys()]],
    );
  }
}

function keyOf({ kind, id }: Changed): string {
  return `${kind}:${id}`;
}
