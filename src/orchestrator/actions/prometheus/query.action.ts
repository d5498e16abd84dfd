import { z } from 'zod';
import type { Json } from '../../../shared/index.js';
import { ActionFailed, type AnyAction, defineAction, type LookContext } from '../../action.js';
import { type HttpApis, listOf, objectOf, server, textOf } from '../api/api.js';
import { lateExpression, lateHolds } from '../late-expressions.js';
import { type Time } from '../wait/waiting.js';

/** What `holds` sees: the one value (or null), all values, and how many there are. */
const KNOWN = { value: 'dyn', values: 'dyn', count: 'int' } as const;
const MOST_SERIES = 1_000;

const input = z.strictObject({
  server,
  /** PromQL, as an instant query. */
  query: z.string().min(1).max(5_000),
  holds: lateExpression(KNOWN, 'bool'),
  /** `always`: at every look in the window. `once`: it is waited for until it holds. */
  mode: z.enum(['always', 'once']).default('always'),
  windowSeconds: z.int().min(0).max(36_000).default(0),
  everySeconds: z.int().min(1).max(3_600).default(30),
  /** How many looks of a window may be bad. */
  tolerated: z.int().min(0).max(1_000).default(0),
});

type Wanted = z.output<typeof input>;

/** A gate: goes on only while a query of Prometheus gives what it should, over a window. It changes nothing. */
export function prometheusQueryAction(apis: HttpApis, time: Time): AnyAction {
  const look = async ({ server: at, query, holds }: Wanted, context: LookContext): Promise<Seen> => {
    const answer = objectOf(await apis.connect(at, context).find(['api', 'v1', 'query'], { query: { query } }));
    const values = valuesIn(objectOf(answer.data));
    const [value = null] = values.length === 1 ? values : [];
    return { good: lateHolds(holds, { value, values, count: values.length }), values };
  };

  return defineAction({
    id: 'prometheus:query',
    title: 'Gate on a metric',
    input,
    output: z.object({ looks: z.int(), bad: z.int(), value: z.number().nullable() }),
    state: z.object({ since: z.iso.datetime() }),
    examples: [
      {
        title: 'On a server that is not on the list',
        input: {
          server: { url: 'https://prometheus.example.org' },
          query: 'sum(rate(http_errors_total[5m]))',
          holds: 'value < 0.05',
          windowSeconds: 300,
        },
        plan: 'cannot',
      },
    ],

    async plan(wanted, context) {
      const { good, values } = await look(wanted, context);
      const over = wanted.windowSeconds === 0 ? '' : `, ${WORDS[wanted.mode]} ${wanted.windowSeconds} seconds`;
      const now = `Now: ${shown(values)}${good ? '' : ', which does not hold'}`;
      return { kind: 'none', summary: `Goes on if “${wanted.holds}” for ${wanted.query}${over}`, details: [now] };
    },

    // The window begins once: a restart in between does not begin it anew.
    intend: () => Promise.resolve({ since: new Date(time.now()).toISOString() }),

    async apply(wanted, { intended, signal, secrets, report }) {
      const since = intended?.since ?? new Date(time.now()).toISOString();
      const end = Date.parse(since) + wanted.windowSeconds * 1000;
      let bad = 0;
      for (let looks = 1; ; looks += 1) {
        const seen = await look(wanted, { secrets, signal });
        report(`${shown(seen.values)}: ${seen.good ? 'good' : 'not good'}`);
        if (!seen.good) bad += 1;
        const isOver = time.now() >= end;
        if (wanted.mode === 'always' && bad > wanted.tolerated) throw notGood(wanted, seen);
        if (seen.good && (wanted.mode === 'once' || isOver)) return passed(since, looks, bad, seen);
        if (isOver) {
          if (wanted.mode === 'once') throw notGood(wanted, seen);
          return passed(since, looks, bad, seen);
        }
        await pause(time, Math.min(wanted.everySeconds * 1000, Math.max(end - time.now(), 0)), signal);
      }
    },

    read: () => Promise.resolve({ exists: true, detail: 'a look leaves nothing behind' }),
    destroy: () => Promise.resolve(),
  });
}

interface Seen {
  readonly good: boolean;
  readonly values: readonly number[];
}

const WORDS = { always: 'at every look for', once: 'at the latest after' } as const;

function passed(since: string, looks: number, bad: number, { values }: Seen) {
  return { state: { since }, output: { looks, bad, value: (values.length === 1 ? values[0] : null) ?? null } };
}

function notGood({ holds, query }: Wanted, { values }: Seen): ActionFailed {
  return new ActionFailed(`“${holds}” does not hold: ${query} is ${shown(values)}.`, false);
}

async function pause(time: Time, milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await time.pause(milliseconds, signal);
  } catch (cause) {
    throw new ActionFailed('The time of this step is up, while it still looks.', true, { cause });
  }
}

/** Of a vector, each series' value; of a scalar, the one. NaN and infinities are no values. */
function valuesIn({ resultType, result }: Record<string, Json>): number[] {
  const samples = resultType === 'scalar' ? [result] : listOf(result).map((series) => objectOf(series).value);
  if (samples.length > MOST_SERIES)
    throw new ActionFailed(`The query gives more than ${MOST_SERIES} series. Let it sum them up.`, false);
  return samples.map((sample) => Number(textOf(listOf(sample)[1]))).filter(Number.isFinite);
}

function shown(values: readonly number[]): string {
  if (values.length === 0) return 'no value';
  return values.length > 5 ? `${values.length} values` : values.map((value) => Number(value.toPrecision(6))).join(', ');
}
