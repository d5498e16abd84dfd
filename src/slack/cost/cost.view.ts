import type { BudgetVerdict, Showback, ShowbackRow } from '../../quotas/index.js';
import { moneyWords, monthWords } from '../../quotas/index.js';
import type { Words } from '../slack-feature.js';
import { context, fitting, header, lines, section } from '../text/blocks.js';
import { escape } from '../text/mrkdwn.js';
import type { Titles } from './cost-picture.js';

export interface CostState {
  readonly showback: Showback;
  readonly titles: Titles;
  /** Of the teams that are shown and have one; only for the month that goes on. */
  readonly budgets: readonly { readonly teamId: string; readonly verdict: BudgetVerdict }[];
  /** Where the picture went, in words. */
  readonly picture: string;
}

const STATES = { within: '💰', warn: '⚠️', over: '⛔' } as const;

/** The numbers of a month: everything that the picture shows, and exactly. */
export function costWordsOf({ showback, titles, budgets, picture }: CostState): Words {
  const { rows, isOver } = showback;
  const month = monthWords(showback.month);
  if (rows.length === 0) return { text: `Nothing cost anything in ${month}.` };
  const teams = [...new Set(rows.map(({ teamId }) => teamId))];
  return {
    text: `The cost of ${month}.`,
    blocks: fitting([
      header(`💶 ${month}`),
      section(totals(rows, isOver)),
      ...budgetSection(budgets, titles),
      ...teams.map((teamId) =>
        section(
          teamLines(
            rows.filter((row) => row.teamId === teamId),
            titles,
            isOver,
          ),
        ),
      ),
      context(
        `${isOver ? 'The month is over.' : 'So far, and what is expected by the end of the month if nothing changes.'} Months are those of UTC. ${picture}`,
      ),
    ]),
  };
}

function totals(rows: readonly ShowbackRow[], isOver: boolean): string {
  const currencies = [...new Set(rows.map(({ currency }) => currency))];
  return currencies
    .map((currency) => {
      const { spent, expected } = added(rows.filter((row) => row.currency === currency));
      return `*${moneyWords(spent, currency)}*${isOver ? '' : ` so far, *${moneyWords(expected, currency)}* expected`}`;
    })
    .join('; ');
}

function budgetSection(budgets: CostState['budgets'], { team }: Titles): ReturnType<typeof section>[] {
  if (budgets.length === 0) return [];
  const all = budgets.map(({ teamId, verdict: { state, committed, budget, currency } }) => {
    const share = budget === 0 ? '' : ` (${Math.round((committed / budget) * 100)} %)`;
    return `${STATES[state]} ${escape(team(teamId), 100)}: ${moneyWords(committed, currency)} of ${moneyWords(budget, currency)} are committed${share}`;
  });
  return [section(`*Budgets*\n${lines(all, 'more teams', 2800)}`)];
}

function teamLines(rows: readonly ShowbackRow[], { team, item }: Titles, isOver: boolean): string {
  const [first] = rows;
  const all = rows.map(({ itemName, environment, resources, spent, expected, currency }) => {
    const later = isOver ? '' : `, ${moneyWords(expected, currency)} expected`;
    return `• ${escape(item(itemName), 100)} in ${escape(environment, 60)} (${resources === 1 ? '1 resource' : `${resources} resources`}): ${moneyWords(spent, currency)}${later}`;
  });
  return `*${escape(team(first?.teamId ?? ''), 100)}*\n${lines(all, 'more', 2800)}`;
}

function added(rows: readonly ShowbackRow[]): { spent: number; expected: number } {
  return rows.reduce((all, row) => ({ spent: all.spent + row.spent, expected: all.expected + row.expected }), {
    spent: 0,
    expected: 0,
  });
}
