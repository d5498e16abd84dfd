import { Injectable } from '@nestjs/common';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Policy } from '../policy/index.js';
import type { RequestRecord } from '../requests/index.js';
import type { Run } from './runs/index.js';

/** Tells those who own a catalog item what a failed request left on their systems, once. */
@Injectable()
export class LeftoverReport {
  constructor(
    private readonly transactions: Transactions,
    private readonly notices: Notices,
    private readonly policy: Policy,
  ) {}

  async send(request: RequestRecord, run: Run, ownerTeamId: string | undefined, what: string): Promise<void> {
    const team = this.policy.teams().find(({ id }) => id === ownerTeamId);
    if (team === undefined) return;
    const text = `Request ${request.id} for ${request.itemName} failed and left something behind: ${what} Its run is ${run.id}; please remove it by hand.`;
    await this.transactions.run((tx) =>
      this.notices.post(tx, {
        key: `left-behind:${run.id}`,
        to: { kind: 'channel', channel: team.channel },
        template: 'plain',
        data: { text },
      }),
    );
  }
}
