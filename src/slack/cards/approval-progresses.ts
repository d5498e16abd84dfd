import { Injectable } from '@nestjs/common';
import { type Approval, askedIn, Electorates, standingOf } from '../../approvals/index.js';
import type { ApprovalProgress } from './approval-progress.view.js';

/** Reads what a waiting approval's card shows about people: a moment old at most, asked once for all cards that want the same. */
@Injectable()
export class ApprovalProgresses {
  constructor(private readonly electorates: Electorates) {}

  async of(approval: Approval): Promise<ApprovalProgress> {
    const electorate = await this.electorates.lately(approval);
    const people = electorate.stages.map((groups) => groups.map((group) => [...group]));
    const standing = standingOf(approval, electorate);
    return { standing, people, asked: [...askedIn(electorate, standing.open)], away: electorate.away };
  }
}
