import { moneyWords } from '../quotas/index.js';
import type { Plan } from '../requests/index.js';
import type { BulkProblem } from './reading/bulk-line.js';

export interface PlannedLine {
  readonly line: number;
  readonly plan: Plan;
}

/** What is wrong with lines only because of each other: each alone would do. */
export function togetherProblems(lines: readonly PlannedLine[]): BulkProblem[] {
  return [...twins(lines), ...beyondQuota(lines), ...beyondBudget(lines)];
}

function twins(lines: readonly PlannedLine[]): BulkProblem[] {
  const first = new Map<string, number>();
  return lines.flatMap(({ line, plan: { digest } }) => {
    const earlier = first.get(digest);
    if (earlier !== undefined) return [{ line, message: `This is the same as line ${earlier}. Take one of them out.` }];
    first.set(digest, line);
    return [];
  });
}

/** At the first line for which there is not enough left, once for each unit. */
function beyondQuota(lines: readonly PlannedLine[]): BulkProblem[] {
  const taken = new Map<string, number>();
  return lines.flatMap(({ line, plan: { teamId, environment, quota } }) =>
    quota.flatMap(({ unit, title, wants, held, queued, limit }) => {
      const place = `${teamId}/${environment}/${unit}`;
      const before = taken.get(place) ?? 0;
      taken.set(place, before + wants);
      const free = Math.max(0, (limit ?? 0) - held - queued);
      if (before > free || before + wants <= free) return [];
      const message = `From here on there is not enough left: of ${title}, ${teamId} in ${environment} has ${free} left.`;
      return [{ line, message: `${message} Take lines out, or release something.` }];
    }),
  );
}

function beyondBudget(lines: readonly PlannedLine[]): BulkProblem[] {
  const added = new Map<string, number>();
  return lines.flatMap(({ line, plan: { teamId, budget } }) => {
    if (budget === null) return [];
    const before = added.get(teamId) ?? 0;
    added.set(teamId, before + budget.adds);
    const free = Math.max(0, budget.blockAt - budget.committed);
    if (before > free || before + budget.adds <= free) return [];
    const left = moneyWords(free, budget.currency);
    return [{ line, message: `From here on it is beyond the budget of ${teamId}: ${left} are left this month.` }];
  });
}
