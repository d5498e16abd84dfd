import { Injectable } from '@nestjs/common';
import { type CatalogItem, Expressions, UnknownItem } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { InvalidParameters, type Plan, PreviewRequest, requestScope } from '../requests/index.js';
import { AppError, digestOf } from '../shared/index.js';
import type { BulkWish, NewBulkRow } from './bulk.js';
import { LineWish } from './line-wish.js';
import type { BulkLine, BulkProblem, BulkReading } from './reading/bulk-line.js';
import { togetherProblems } from './together.js';

export interface CheckedLine extends NewBulkRow {
  readonly plan: Plan;
  readonly itemTitle: string;
}

export interface CheckedBulk {
  readonly rows: readonly CheckedLine[];
  /** By line. With any, nothing may be sent. */
  readonly problems: readonly BulkProblem[];
}

type Checked = { readonly row: CheckedLine } | { readonly problems: readonly BulkProblem[] };

/** At a time, so that one file does not take the database from everybody else. */
const AT_ONCE = 4;

/** Looks at every line as if it were sent alone, and then at all together. Does nothing. */
@Injectable()
export class CheckBulk {
  constructor(
    private readonly wishes: LineWish,
    private readonly previews: PreviewRequest,
    private readonly expressions: Expressions,
  ) {}

  /** Of what the lines ask for, however they are written. */
  digestOf({ lines }: BulkReading, person: Person): string {
    return digestOf(
      lines.map((line) => {
        if (this.wishes.isKnown(line)) return { ...this.wishes.complete(line, person).wish };
        return { itemName: line.itemName, typed: { ...line.typed } };
      }),
    );
  }

  /** @throws what is nobody's fault who wrote the file, such as a database that is down */
  async check(reading: BulkReading, person: Person): Promise<CheckedBulk> {
    const checked = await eachOf(reading.lines, AT_ONCE, (line) => this.one(line, person));
    const rows = checked.flatMap((one) => ('row' in one ? [one.row] : []));
    const alone = [...reading.problems, ...checked.flatMap((one) => ('problems' in one ? one.problems : []))];
    return { rows, problems: [...alone, ...togetherProblems(rows)].sort((a, b) => a.line - b.line) };
  }

  private async one(bulkLine: BulkLine, person: Person): Promise<Checked> {
    const { line } = bulkLine;
    try {
      const { item, wish, problems } = this.wishes.complete(bulkLine, person);
      if (problems.length > 0) return refused(line, problems);
      const { plan } = await this.previews.preview({ ...wish, person });
      const against = whatSpeaksAgainst(plan);
      if (against.length > 0) return refused(line, against);
      const { parameters, leaseHours } = plan;
      const title = this.titleOf(item, wish, plan, person);
      return {
        row: {
          line,
          title,
          itemTitle: item.title,
          plan,
          planDigest: plan.digest,
          wish: { ...wish, parameters, leaseHours },
        },
      };
    } catch (error) {
      return refused(line, sentencesOf(error));
    }
  }

  private titleOf(item: CatalogItem, wish: BulkWish, { parameters }: Plan, { id: requesterId }: Person): string {
    const request = requestScope({ id: 'not-yet', ...wish, requesterId });
    const title = this.expressions.evaluate(item.resource.title, { params: parameters, request });
    return typeof title === 'string' ? title : item.title;
  }
}

function refused(line: number, messages: readonly string[]): Checked {
  return { problems: messages.map((message) => ({ line, message })) };
}

function whatSpeaksAgainst({ decision, changes }: Plan): string[] {
  const impossible = changes.filter(({ kind }) => kind === 'cannot').map(({ summary }) => summary);
  if (decision.outcome !== 'deny') return impossible;
  return [...decision.reasons.filter(({ outcome }) => outcome === 'deny').map(({ message }) => message), ...impossible];
}

function sentencesOf(error: unknown): string[] {
  if (error instanceof InvalidParameters) return error.errors.map(({ message }) => message);
  if (error instanceof UnknownItem) {
    const hint = error.suggestions.length === 0 ? '' : ` Did you mean ${error.suggestions.join(' or ')}?`;
    return [`There is no such item in the catalog.${hint}`];
  }
  if (error instanceof AppError) return [error.publicMessage];
  throw error;
}

/** In order, `atOnce` at a time. */
async function eachOf<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < all.length; from += atOnce)
    done.push(...(await Promise.all(all.slice(from, from + atOnce).map(work))));
  return done;
}
