import { jest } from '@jest/globals';
import { People } from '../../src/identity/index.js';
import { Requests, SubmitRequest } from '../../src/requests/index.js';
import { SlackSide } from '../builders/slack-side.js';

jest.setTimeout(180_000);

/** As many tries as an hour sees: at most one a minute. */
const TRIES_OF_AN_HOUR = 60;

describe('Slack, away for an hour', () => {
  let side: SlackSide;
  beforeAll(async () => {
    side = await SlackSide.start();
  });
  afterAll(async () => {
    await side.stop();
  });
  const query = <Row>(sql: string): Promise<Row[]> => side.database.transactions.query<Row>(sql);

  it('keeps nothing from being made; cards, notices and audit lines catch up, each once and with the newest state', async () => {
    const person = await side.get(People).get('U0ADA');
    const submit = (name: string) =>
      side.get(SubmitRequest).submit({
        person,
        itemName: 'demo-service',
        teamId: 'payments',
        environment: 'development',
        parameters: { name, ticks: 1, flakiness: 0 },
        reason: '',
        leaseHours: 4,
        idempotencyKey: name,
        traceId: 'trc-00000000',
        originChannelId: null,
      });
    side.api.isDown = true;
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) ids.push((await submit(name)).id);
    for (const id of ids)
      await side.until(
        () => side.get(Requests).get(id),
        ({ state }) => state === 'ready',
      );

    // As after an hour: still tried, and neither given up nor forgotten.
    const waiting = { cards: `wanted_revision > rendered_revision`, notices: `state in ('waiting', 'posting')` };
    for (const [table, where] of Object.entries(waiting)) {
      await side.until(
        () =>
          query<{ n: number }>(`select count(*)::integer as n from ${table} where ${where} and last_error is not null`),
        ([row]) => (row?.n ?? 0) > 0,
      );
      await query(
        `update ${table} set attempts = ${TRIES_OF_AN_HOUR}, not_before = now() where ${where} and last_error is not null`,
      );
      await side.until(
        () => query<{ n: number }>(`select count(*)::integer as n from ${table} where attempts > ${TRIES_OF_AN_HOUR}`),
        ([row]) => (row?.n ?? 0) > 0,
      );
      expect(await query(`select id from ${table} where state = 'abandoned'`)).toEqual([]);
    }
    expect(side.api.messages).toEqual([]);

    side.api.isDown = false;
    for (const table of Object.keys(waiting)) await query(`update ${table} set not_before = now()`);
    for (const id of ids) {
      const about = (channel: string) =>
        side.api.messages.filter(
          (message) => message.channel.startsWith(channel) && JSON.stringify(message).includes(id),
        );
      await side.until(
        () => about('C0PAYMENTS'),
        ([card]) => card?.text.startsWith('Ready') === true,
      );
      await side.until(
        () => about('D0ADA'),
        (notices) => notices.length > 0,
      );
      expect([about('C0PAYMENTS').length, about('D0ADA').length]).toEqual([1, 1]);
    }
    const lines = (): number =>
      side.api.in('audit').flatMap(({ blocks }) => JSON.stringify(blocks).split('\\n')).length;
    const [all] = await query<{ n: number }>('select count(*)::integer as n from audit_events');
    await side.until(lines, (n) => n >= (all?.n ?? 0));
    expect(lines()).toBe(all?.n);
  });
});
