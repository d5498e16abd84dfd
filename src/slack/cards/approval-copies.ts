import { Injectable } from '@nestjs/common';
import { type Approval, askedIn, Electorates } from '../../approvals/index.js';
import { Transactions } from '../../platform/database/index.js';
import type { Placement } from './card-source.js';

/** A copy of the card in an approver's direct messages. */
export const COPY_SURFACE = 'approval-copy';
/** A large group sees the card in the channel, and in the App Home. */
const MOST_PEOPLE = 10;
/** Whoever has that many waiting finds the rest in the App Home: approvers get no floods. */
const MOST_WAITING = 10;

/** Whose direct messages show a copy: those who are asked now, unless they are away or have plenty already. */
@Injectable()
export class ApprovalCopies {
  constructor(
    private readonly electorates: Electorates,
    private readonly transactions: Transactions,
  ) {}

  async placements(approval: Approval): Promise<readonly Placement[]> {
    if (approval.state !== 'waiting') return [];
    const electorate = await this.electorates.lately(approval);
    const away = new Set(electorate.away.map(({ personId }) => personId));
    const asked = [...askedIn(electorate, approval.stage)].filter((id) => !away.has(id)).slice(0, MOST_PEOPLE);
    const full = await this.withPlenty(asked);
    return asked.filter((id) => !full.has(id)).map((id) => ({ surface: COPY_SURFACE, place: id }));
  }

  private async withPlenty(personIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (personIds.length === 0) return new Set();
    const rows = await this.transactions.query<{ place: string }>(
      `select c.place from cards c join approvals a on a.id = c.subject_id and a.state = 'waiting'
       where c.surface = $1 and c.place = any($2) group by c.place having count(*) >= $3`,
      [COPY_SURFACE, personIds, MOST_WAITING],
    );
    return new Set(rows.map(({ place }) => place));
  }
}
