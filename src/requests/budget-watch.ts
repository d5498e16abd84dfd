import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Audit } from '../audit/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { Policy, type Team } from '../policy/index.js';
import { Budgets, type BudgetVerdict, moneyWords } from '../quotas/index.js';
import { Ids } from '../shared/index.js';

const TICK_MILLISECONDS = 300_000;

/** Tells a team, once a month for each, that its spending passed the warning and the end of its budget. Any replica may, at any time. */
@Injectable()
export class BudgetWatch {
  constructor(
    private readonly transactions: Transactions,
    private readonly budgets: Budgets,
    private readonly policy: Policy,
    private readonly notices: Notices,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    for (const team of this.policy.teams()) {
      await this.look(team).catch((error: unknown) => {
        this.logger.error('A budget could not be looked at; the next tick tries again', error, { team: team.id });
      });
    }
  }

  private async look(team: Team): Promise<void> {
    const verdict = await this.budgets.standing(team.id);
    if (verdict === null || verdict.state === 'within') return;
    await this.transactions.run(async (tx) => {
      if (!(await this.budgets.worsened(tx, team.id, verdict))) return;
      const text = sentence(team, verdict);
      await this.notices.post(tx, {
        key: `budget-${verdict.state}:${team.id}:${verdict.month}`,
        to: { kind: 'channel', channel: team.channel },
        template: 'plain',
        data: { text },
      });
      await this.audit.append(tx, {
        type: verdict.state === 'warn' ? 'budget.warned' : 'budget.exceeded',
        actor: { kind: 'system', id: 'budgets' },
        subject: { kind: 'audit', id: `budget:${team.id}:${verdict.month}` },
        traceId: this.ids.next('trc'),
        summary: text,
        data: { teamId: team.id, month: verdict.month, committed: verdict.committed, budget: verdict.budget },
      });
    });
  }
}

function sentence({ title }: Team, { state, month, committed, budget, blockAt, currency }: BudgetVerdict): string {
  const money = (amount: number): string => moneyWords(amount, currency);
  const head = `${title} will have spent ${money(committed)} of its ${money(budget)} for ${month} if nothing changes.`;
  const next =
    state === 'over'
      ? `That is more than ${money(blockAt)}: new requests that cost something are refused. What exists goes on.`
      : `From ${money(blockAt)} on, new requests that cost something are refused.`;
  return `💶 ${head} ${next}`;
}
