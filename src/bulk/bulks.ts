import { Injectable } from '@nestjs/common';
import type { Person } from '../identity/index.js';
import { Transactions } from '../platform/database/index.js';
import { Redactor } from '../secrets/index.js';
import { Ids } from '../shared/index.js';
import { BulkAlreadySent, UnknownBulk } from './bulk.errors.js';
import type { Bulk, BulkRow, NewBulkRow } from './bulk.js';
import { BulkStore } from './bulk.store.js';
import { BulkJournal } from './bulk-journal.js';
import { CheckBulk, type CheckedBulk } from './check-bulk.js';
import { readBulk } from './reading/read-bulk.js';

export interface BulkFile {
  readonly source: string;
  /** How it is called; '' for what was pasted. */
  readonly name: string;
}

export interface PreparedBulk extends CheckedBulk {
  /** To send it by; null while there are problems. */
  readonly id: string | null;
}

/** Many requests of one file: looked at as a whole, sent as a whole, and then each a request like any other. */
@Injectable()
export class Bulks {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: BulkStore,
    private readonly checks: CheckBulk,
    private readonly journal: BulkJournal,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
  ) {}

  /** Looks at a file; with nothing wrong it is kept, to be sent by its id. @throws BulkAlreadySent */
  async prepare(
    file: BulkFile,
    { person, traceId, originChannelId }: { person: Person; traceId: string; originChannelId: string | null },
  ): Promise<PreparedBulk> {
    const reading = readBulk(file.source, file.name);
    const digest = this.checks.digestOf(reading, person);
    // First: what was sent before stands in its own way now, and that would be said of each line.
    await this.assertNew(digest);
    const checked = await this.checks.check(reading, person);
    if (checked.problems.length > 0) return { ...checked, id: null };
    const id = this.ids.next('blk');
    const name = this.redactor.text(file.name).slice(0, 200);
    const bulk = { id, personId: person.id, name, originChannelId, digest, traceId };
    await this.transactions.run((tx) => this.store.insert(tx, bulk, checked.rows.map(withoutSecrets(this.redactor))));
    return { ...checked, id };
  }

  /** Sends what was looked at. A second time it answers with the same. @throws UnknownBulk, BulkAlreadySent */
  async send({ id, person }: { id: string; person: Person }): Promise<Bulk> {
    const before = await this.store.find(id);
    if (before?.personId !== person.id) throw new UnknownBulk();
    if (before.state !== 'checked') return before;
    const rows = await this.store.rows(id);
    const sent = await this.transactions.run(async (tx) => {
      const bulk = await this.store.send(tx, id, person.id);
      if (bulk === null) return null;
      const lines = rows.map(({ line, wish: { itemName, teamId, environment } }) => ({
        line,
        itemName,
        teamId,
        environment,
      }));
      const summary = `sent ${rows.length} requests at once${bulk.name === '' ? '' : `, from ${bulk.name}`}`;
      await this.journal.record(tx, bulk, {
        type: 'bulk.sent',
        by: person.id,
        summary,
        data: { lines, digest: bulk.digest },
      });
      return bulk;
    });
    if (sent !== null) return sent;
    await this.assertNew(before.digest);
    return before;
  }

  find(id: string): Promise<Bulk | null> {
    return this.store.find(id);
  }

  rowsOf(id: string): Promise<BulkRow[]> {
    return this.store.rows(id);
  }

  private async assertNew(digest: string): Promise<void> {
    const earlier = await this.store.sentWith(digest);
    if (earlier === null) return;
    const when = earlier.sentAt?.toISOString().slice(0, 16).replace('T', ' ') ?? '';
    throw new BulkAlreadySent(
      `These same requests were sent already, by <@${earlier.personId}> at ${when} UTC (${earlier.id}). Nothing was requested again. If you really want all of it twice, change the reason in it.`,
    );
  }
}

/** The title is shown; what is sent stays as it was written, as in a draft. */
function withoutSecrets(redactor: Redactor): (row: NewBulkRow) => NewBulkRow {
  return (row) => ({ ...row, title: redactor.text(row.title) });
}
