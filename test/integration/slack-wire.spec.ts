import { jest } from '@jest/globals';
import { Audit } from '../../src/audit/index.js';
import { SlackSide } from '../builders/slack-side.js';

jest.setTimeout(120_000);

let side: SlackSide;
let triggers = 0;

beforeAll(async () => {
  side = await SlackSide.start();
});
afterAll(async () => {
  await side.stop();
});

function command(text: string, change: Record<string, string> = {}): Record<string, string> {
  triggers += 1;
  return {
    command: '/qm',
    text,
    user_id: 'U0ADA',
    team_id: 'T0HOME',
    channel_id: 'C0PAYMENTS',
    trigger_id: `trigger-${triggers}`,
    response_url: 'https://elsewhere.example/x',
    ...change,
  };
}

describe('the door of the bot', () => {
  it('answers a help command at once, with the acknowledgement', async () => {
    const answer = await side.deliver(command('help'));
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as { response_type: string; blocks: unknown[] };
    expect(body.response_type).toBe('ephemeral');
    expect(JSON.stringify(body.blocks)).toContain('/qm request');
  });

  it('suggests what was meant, and never echoes mrkdwn', async () => {
    const meant = (await (await side.deliver(command('statsu'))).json()) as { text: string };
    expect(meant.text).toContain('Did you mean `/qm status`?');
    const hostile = (await (await side.deliver(command('<!channel>zzzzzzzz'))).json()) as { text: string };
    expect(hostile.text).not.toContain('<!channel>');
  });

  it('refuses a wrong signature and a stale timestamp with 401, before anything is read', async () => {
    expect((await side.deliver(command('help'), { secret: 'wrong' })).status).toBe(401);
    expect((await side.deliver(command('help'), { ageSeconds: 3600 })).status).toBe(401);
  });

  it('refuses what is malformed or huge with 4xx, and lives on', async () => {
    expect((await side.post('{"type":', 'application/json')).status).toBe(400);
    expect((await side.post(JSON.stringify({ type: { deep: true } }), 'application/json')).status).toBe(400);
    expect((await side.post('x'.repeat(2_000_000), 'application/json')).status).toBe(413);
    expect((await side.deliver(command('help'))).status).toBe(200);
  });

  it('refuses another workspace with 403, and writes it down', async () => {
    const answer = await side.deliver(command('help', { team_id: 'T0OTHER', user_id: 'U0STRANGER' }));
    expect(answer.status).toBe(403);
    const trail = await side.get(Audit).trail({ kind: 'person', id: 'U0STRANGER' });
    expect(trail.map(({ type }) => type)).toEqual(['slack.foreign_delivery_refused']);
  });

  it('tells somebody unknown in words that they can’t use it', async () => {
    const body = (await (await side.deliver(command('help', { user_id: 'U0NOBODY' }))).json()) as { text: string };
    expect(body.text).toContain('Slack does not know this user');
  });

  it('answers url_verification', async () => {
    const answer = await side.deliver({ type: 'url_verification', challenge: 'abc' });
    expect(await answer.json()).toEqual({ challenge: 'abc' });
  });

  it('takes an event once, however often and with whatever headers it is delivered', async () => {
    const event = {
      type: 'event_callback',
      event_id: 'Ev1',
      team_id: 'T0HOME',
      event: { type: 'app_mention', user: 'U0ADA', channel: 'C0PAYMENTS', ts: '1.1', text: '<@U0BOT> whoami' },
    };
    expect((await side.deliver(event)).status).toBe(200);
    await side.until(
      () => side.api.of('chat.postEphemeral').length,
      (n) => n === 1,
    );
    expect((await side.deliver(event, { headers: { 'x-slack-retry-num': '1' } })).status).toBe(200);
    // A first delivery that carries the retry header is not dropped: the one before it may never have arrived.
    const other = { ...event, event_id: 'Ev2' };
    expect(
      (await side.deliver(other, { headers: { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' } }))
        .status,
    ).toBe(200);
    await side.until(
      () => side.api.of('chat.postEphemeral').length,
      (n) => n === 2,
    );
  });

  it('leaves events of bots, itself included, alone', async () => {
    const before = side.api.of('chat.postEphemeral').length;
    const event = {
      type: 'event_callback',
      event_id: 'Ev3',
      team_id: 'T0HOME',
      event: { type: 'app_mention', user: 'U0BOT', channel: 'C0PAYMENTS', ts: '1.2', text: '<@U0BOT> help' },
    };
    expect((await side.deliver(event)).status).toBe(200);
    expect(
      (await side.deliver({ ...event, event_id: 'Ev4', event: { ...event.event, user: 'U0ADA', bot_id: 'B1' } }))
        .status,
    ).toBe(200);
    await side.deliver(command('help'));
    expect(side.api.of('chat.postEphemeral')).toHaveLength(before);
  });

  it('opens the form of an item, which Slack would take', async () => {
    const answer = await side.deliver(command('request postgres-database'));
    expect(answer.status).toBe(200);
    const view = side.api.of('views.open').at(-1)?.args.view as {
      callback_id: string;
      blocks: { block_id?: string }[];
    };
    expect(view.callback_id).toBe('request_form');
    expect(view.blocks.map(({ block_id }) => block_id)).toEqual(
      expect.arrayContaining(['environment', 'param:name', 'param:size', 'param:extensions', 'lease', 'reason']),
    );
  });

  it('says so when the form can’t be opened any more, and nothing else happens', async () => {
    side.api.failNext('views.open', { kind: 'error', error: 'expired_trigger_id' });
    const body = (await (await side.deliver(command('request postgres-database'))).json()) as { text: string };
    expect(body.text).toContain('Slack gave up before the form was there');
  });

  it('counts acknowledgements and calls', async () => {
    const text = await side.metrics.registry.metrics();
    expect(text).toContain('qm_slack_ack_duration_seconds_count{kind="command"}');
    expect(text).toMatch(/qm_slack_calls_total\{method="views.open",outcome="ok"\} [1-9]/);
  });
});
