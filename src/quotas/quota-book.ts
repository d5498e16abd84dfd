import type { Transactions } from '../platform/database/index.js';
import { type FileKind, GoverningFile } from './governing-file.js';
import { type AnomalyRule, type Budget, type QuotaDocument, quotaParser, quotaProblems } from './quota-document.js';

export const QUOTA_FILE: FileKind<QuotaDocument> = {
  file: 'catalog/quotas.yaml',
  parser: quotaParser,
  check: quotaProblems,
};

/** The unit of runs that go on at the same time. It is not asked for by items: every request's run takes one. */
export const RUNS_UNIT = 'runs';

const ANOMALIES: AnomalyRule = { factor: 4, floor: 5, historyDays: 28, leastDays: 7 };

/** catalog/quotas.yaml as it is in force. Of several lines that fit the most exact one counts: team and environment, team, environment, none. */
export class QuotaBook extends GoverningFile<QuotaDocument> {
  constructor(catalogDir: string, transactions: Pick<Transactions, 'query'>) {
    super(catalogDir, QUOTA_FILE, transactions);
  }

  /** Null when nothing says how much of it there may be. */
  limit(teamId: string, environment: string, unit: string): number | null {
    const file = this.current();
    const fitting = (file?.limits ?? [])
      .filter((line) => (line.team ?? teamId) === teamId && (line.environment ?? environment) === environment)
      .filter((line) => line.limits[unit] !== undefined)
      .sort((a, b) => exactness(b) - exactness(a));
    return fitting[0]?.limits[unit] ?? file?.units.find(({ id }) => id === unit)?.limit ?? null;
  }

  /** In the plural, as people read it. */
  title(unit: string): string {
    return this.current()?.units.find(({ id }) => id === unit)?.title ?? unit;
  }

  /** Null: the team may spend what it likes. */
  budget(teamId: string): Budget | null {
    const budgets = this.current()?.budgets ?? [];
    return budgets.find(({ team }) => team === teamId) ?? budgets.find(({ team }) => team === undefined) ?? null;
  }

  whenPriceIsMissing(): QuotaDocument['whenPriceIsMissing'] {
    return this.current()?.whenPriceIsMissing ?? 'deny';
  }

  anomalies(): AnomalyRule {
    return this.current()?.anomalies ?? ANOMALIES;
  }
}

function exactness(line: QuotaDocument['limits'][number]): number {
  return (line.team === undefined ? 0 : 2) + (line.environment === undefined ? 0 : 1);
}
