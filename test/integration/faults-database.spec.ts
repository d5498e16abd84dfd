import { jest } from '@jest/globals';
import { People } from '../../src/identity/index.js';
import { DatabaseUnavailable, Transactions } from '../../src/platform/database/index.js';
import { type RequestRecord, Requests, SubmitRequest } from '../../src/requests/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { CuttableLine } from '../builders/cuttable-line.js';
import { wholeText } from '../builders/slack-person.js';
import { SlackSide } from '../builders/slack-side.js';

jest.setTimeout(180_000);

describe('the database, when it is in trouble', () => {
  let side: SlackSide;
  const line = new CuttableLine();

  beforeAll(async () => {
    side = await SlackSide.start({ line });
  });
  afterAll(async () => {
    await side.stop();
    await line.close();
  });

  async function submit(idempotencyKey: string): Promise<RequestRecord> {
    return side.get(SubmitRequest).submit({
      person: await side.get(People).get('U0ADA'),
      itemName: 'demo-service',
      teamId: 'payments',
      environment: 'development',
      parameters: { name: idempotencyKey, ticks: 1, flakiness: 0 },
      reason: '',
      leaseHours: 4,
      idempotencyKey,
      traceId: 'trc-00000000',
      originChannelId: null,
    });
  }

  it('loses the answer to a COMMIT: who tries again gets what was made, and nothing is made twice', async () => {
    line.cutAt('COMMIT', 'key-of-the-lost-answer');
    const lost = submit('key-of-the-lost-answer');
    await expect(lost).rejects.toThrow(DatabaseUnavailable);
    await expect(lost).rejects.toThrow(/may or may not have been kept/);
    expect(line.cuts).toBe(1);
    const { id } = await submit('key-of-the-lost-answer');
    await side.until(
      () => side.get(Requests).get(id),
      ({ state }) => state === 'ready',
    );
    expect(
      await side.database.transactions.query(
        `select (select count(*)::integer from requests where idempotency_key = 'key-of-the-lost-answer') as requests,
                (select count(*)::integer from runs where subject_id = $1) as runs,
                (select count(*)::integer from audit_events where subject_id = $1 and type = 'request.submitted') as told`,
        [id],
      ),
    ).toEqual([{ requests: 1, runs: 1, told: 1 }]);
  });

  it('ends the connection in the middle of a transaction: all of it is undone, and said', async () => {
    const cut = side.get(Transactions).run(async (tx) => {
      await tx.query(`insert into slack_deliveries (key, kind, trace_id) values ('half', 'other', 'trc')`);
      const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await side.database.transactions.query('select pg_terminate_backend($1)', [row?.pid]);
      await tx.query(`insert into slack_deliveries (key, kind, trace_id) values ('whole', 'other', 'trc')`);
    });
    await expect(cut).rejects.toThrow(/Nothing was changed/);
    expect(
      await side.database.transactions.query(`select key from slack_deliveries where key in ('half', 'whole')`),
    ).toEqual([]);
  });

  it('has no connection left: an event is refused, not acknowledged, and taken when Slack sends it again', async () => {
    const opened = {
      type: 'event_callback',
      event_id: 'EvNoConnection',
      team_id: 'T0HOME',
      event: { type: 'app_home_opened', tab: 'home', user: 'U0BEN', channel: 'D1' },
    };
    const hogs = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const runner = side.database.dataSource.createQueryRunner();
        await runner.connect();
        return runner;
      }),
    );
    const refused = await side.deliver(opened);
    await Promise.all(hogs.map((runner) => runner.release()));
    expect(refused.status).toBe(503);
    expect(side.api.homes.has('U0BEN')).toBe(false);
    expect((await side.deliver(opened, { headers: { 'x-slack-retry-num': '1' } })).status).toBe(200);
    await side.until(() => side.api.homes.has('U0BEN'));
  });
});

describe('a full disk', () => {
  let bot: BotOnPlayground;
  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
  });
  afterAll(async () => {
    await bot.stop();
  });

  const health = async (): Promise<{ status: number; database: unknown }> => {
    const answer = await fetch(`${bot.url}/health/ready`);
    const { checks } = (await answer.json()) as { checks: { database: unknown } };
    return { status: answer.status, database: checks.database };
  };

  it('keeps a request from being made without its audit event, is said, and shows in the health; after it all goes on', async () => {
    const sql = (text: string): Promise<unknown> => bot.database.dataSource.query(text);
    const ada = await bot.person('ada');
    await ada.slash('/qm request demo-service', '#team-payments');
    await ada.waitForModal('Demo service');
    await ada.fill({ 'param:name': 'no-room', 'param:flakiness': 0, environment: 'development' });
    await ada.submit();
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    expect(await health()).toMatchObject({ status: 200 });

    await sql(`create function disk_is_full() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`);
    await sql('create trigger disk_is_full before insert on audit_events for each row execute function disk_is_full()');
    await ada.submit();
    const told = await ada.waitForModal('That did not work');
    expect(wholeText(told)).toContain('takes no changes just now. Nothing was changed');
    expect(await sql('select id from requests')).toEqual([]);
    expect(await health()).toEqual({
      status: 503,
      database: { ok: false, detail: 'answers, but takes no changes: the disk is full' },
    });

    await sql('drop trigger disk_is_full on audit_events');
    await ada.close();
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'the plan, as it was');
    await ada.submit();
    await ada.waitForMessage('#team-payments', /Ready/);
    expect(await sql(`select count(*)::integer as n from requests`)).toEqual([{ n: 1 }]);
    expect(await health()).toMatchObject({ status: 200 });
  });
});
