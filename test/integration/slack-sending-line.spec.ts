import { jest } from '@jest/globals';
import pg from 'pg';
import { SendingLine } from '../../src/slack/sending/sending-line.js';
import { SlackSide } from '../builders/slack-side.js';

jest.setTimeout(120_000);

const PARAMETERS = { name: 'burst', ticks: 1, flakiness: 0, failAtEnd: false };

let side: SlackSide;
let looker: pg.Client;

beforeAll(async () => {
  side = await SlackSide.start();
  looker = new pg.Client({ connectionString: side.database.url });
  await looker.connect();
});
afterAll(async () => {
  await looker.end();
  await side.stop();
});

let triggers = 0;
async function send(draft: string, user = 'U0ADA'): Promise<Record<string, unknown>> {
  triggers += 1;
  const answer = await side.deliver({
    type: 'view_submission',
    trigger_id: `trigger-${triggers}`,
    user: { id: user, team_id: 'T0HOME' },
    team: { id: 'T0HOME' },
    view: {
      id: `V-${draft}`,
      type: 'modal',
      team_id: 'T0HOME',
      blocks: [],
      callback_id: 'request_plan',
      private_metadata: JSON.stringify({ draft }),
      state: { values: {} },
      hash: '1.a',
    },
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

/** Drafts of the same wish, whose plan was looked at. */
async function drafts(prefix: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `drf-${prefix}${n}`);
  await looker.query(
    `insert into request_drafts (id, person_id, item_name, team_id, environment, parameters, reason, lease_hours)
     select unnest($1::text[]), 'U0ADA', 'demo-service', 'payments', 'production', $2, '', 4`,
    [ids, JSON.stringify(PARAMETERS)],
  );
  // What was never looked at is answered with its plan.
  expect(await send(ids[0]!)).toMatchObject({ response_action: 'update', view: { callback_id: 'request_plan' } });
  await looker.query(
    'update request_drafts set plan_digest = (select plan_digest from request_drafts where id = $1) where id = any($2)',
    [ids[0], ids],
  );
  return ids;
}

const requestsOf = async (ids: readonly string[]): Promise<number> =>
  (await looker.query('select 1 from requests where idempotency_key = any($1)', [ids])).rows.length;
const waiting = async (): Promise<string[]> =>
  (await looker.query<{ draft_id: string }>('select draft_id from sent_plans order by draft_id')).rows.map(
    ({ draft_id }) => draft_id,
  );
const shown = (draft: string): string[] =>
  side.api
    .of('views.update')
    .filter(({ args }) => args.view_id === `V-${draft}`)
    .map(({ args }) => JSON.stringify(args.view));

describe('many who send a plan at the same moment', () => {
  it('are answered while the first are still being opened; every plan is opened once, and its modal says so', async () => {
    const ids = await drafts('burst', 9);
    const answers = new Map<string, Record<string, unknown>>();
    await looker.query('begin');
    await looker.query('lock table requests in access exclusive mode');
    const sent = ids.map(async (draft) => answers.set(draft, await send(draft)));
    const kept = await side.until(waiting, (rows) => rows.length === ids.length - 4);
    await side.until(
      () => answers.size,
      (size) => size === kept.length,
    );
    for (const draft of kept)
      expect(answers.get(draft)).toMatchObject({ response_action: 'update', view: { callback_id: 'sending' } });
    expect([...answers.keys()].sort()).toEqual(kept);
    await looker.query('commit');
    await Promise.all(sent);
    const atOnce = ids.filter((draft) => !kept.includes(draft));
    for (const draft of atOnce) expect(answers.get(draft)).toEqual({ response_action: 'clear' });
    await side.until(waiting, (rows) => rows.length === 0);
    expect(await requestsOf(ids)).toBe(ids.length);
    for (const draft of kept) expect(shown(draft)).toEqual([expect.stringContaining('is on its way')]);
    for (const draft of atOnce) expect(shown(draft)).toEqual([]);
  });

  it('lose nothing when their replica is gone: another one opens what it left behind, once', async () => {
    const ids = await drafts('left', 3);
    await looker.query(
      `insert into sent_plans (draft_id, person_id, view_id, trace_id, held_until)
       select id, 'U0ADA', 'V-' || id, 'trc-left', now() from unnest($1::text[]) as id`,
      [ids],
    );
    await Promise.all([side.get(SendingLine).sweep(), side.get(SendingLine).sweep()]);
    await side.until(waiting, (rows) => rows.length === 0);
    expect(await requestsOf(ids)).toBe(3);
    for (const draft of ids) expect(shown(draft)).toHaveLength(1);
  });

  it('learn of it directly when one can’t be opened and they closed the modal', async () => {
    await looker.query(
      `insert into sent_plans (draft_id, person_id, view_id, trace_id, held_until) values ('drf-gone', 'U0ADA', 'V-gone', 'trc-gone', now())`,
    );
    side.api.failNext('views.update', { kind: 'error', error: 'not_found' });
    await side.get(SendingLine).sweep();
    await side.until(waiting, (rows) => rows.length === 0);
    expect(side.api.messages.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('A request that you sent was not opened.'),
    );
  });
});
