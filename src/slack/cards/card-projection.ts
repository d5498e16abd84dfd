import { Inject, Injectable } from '@nestjs/common';
import type { SubjectRef } from '../../platform/changes/index.js';
import { Transactions } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { Clock } from '../../shared/index.js';
import { CardStore } from './card.store.js';
import { CARD_SOURCES, type CardSource } from './card-source.js';

const BATCH = 100;
const LEFT_ALONE_MILLISECONDS = 30_000;

interface Changed {
  kind: SubjectRef['kind'];
  id: string;
  revision: string;
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
      for (const one of changed) await this.unlessItFails(one, now);
      if (changed.length === 0) return;
    }
  }

  private async unlessItFails(changed: Changed, now: number): Promise<void> {
    try {
      await this.project(changed);
    } catch (error) {
      this.failing.set(keyOf(changed), now + LEFT_ALONE_MILLISECONDS);
      this.logger.error('A change was not projected to its cards; it is tried again', error, { subject: changed.id });
    }
  }

  private async project({ kind, id, revision }: Changed): Promise<void> {
    const source = this.sources.get(kind);
    if (source !== undefined) {
      for (const placement of await source.placements(id)) await this.store.want({ kind, id }, placement);
      await this.store.wantAgain({ kind, id });
      await this.store.wantHomesAgain((await source.homesOf?.(id)) ?? []);
    }
    await this.transactions.query(
      `update subject_changes set projected_revision = $3
       where subject_kind = $1 and subject_id = $2 and projected_revision < $3`,
      [kind, id, revision],
    );
  }

  /** Audit events are many and shown in batches: {@link AuditBatches} takes them. */
  private unprojected(): Promise<Changed[]> {
    return this.transactions.query<Changed>(
      `select subject_kind as kind, subject_id as id, revision from subject_changes
       where revision > projected_revision and subject_kind <> 'audit' and subject_kind || ':' || subject_id <> all($2)
       order by changed_at limit $1`,
      [BATCH, [...this.failing.keys()]],
    );
  }
}

function keyOf({ kind, id }: Changed): string {
  return `${kind}:${id}`;
}
