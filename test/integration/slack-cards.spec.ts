import { jest } from '@jest/globals';
import { Votes } from '../../src/approvals/index.js';
import { People } from '../../src/identity/index.js';
import { Notices } from '../../src/platform/changes/index.js';
import { RequestControl, type RequestRecord, Requests, SubmitRequest } from '../../src/requests/index.js';
import { ReactionVotes } from '../../src/slack/approvals/reaction-votes.js';
import { SlackSide } from '../builders/slack-side.js';
import type { SlackApi } from '../fakes/slack-api.js';

jest.setTimeout(180_000);

let side: SlackSide;
let api: SlackApi;
let count = 0;

beforeAll(async () => {
  side = await SlackSide.start();
  api = side.api;
});
afterAll(async () => {
  await side.stop();
});

async function request(environment: string): Promise<RequestRecord> {
  count += 1;
  const person = await side.get(People).get('U0ADA');
  return side.get(SubmitRequest).submit({
    person,
    itemName: 'postgres-database',
    teamId: 'payments',
    environment,
    parameters: { name: `orders_${count}`, size: 'small' },
    reason: 'because <!channel>',
    leaseHours: 24,
    idempotencyKey: `key-${count}`,
    traceId: 'trc-00000000',
    originChannelId: null,
  });
}

function cardsOf(id: string): ReturnType<SlackApi['in']> {
  return api.messages.filter(
    (message) =>
      message.deleted !== true &&
      JSON.stringify(message.blocks ?? '').includes(id) &&
      !message.channel.startsWith('C0AUDIT') &&
      !message.channel.startsWith('D'),
  );
}

async function isReady(id: string): Promise<void> {
  await side.until(
    () => side.get(Requests).get(id),
    ({ state }) => state === 'ready',
  );
}

async function ownCard(id: string): Promise<{ text: string; ts: string; blocks?: unknown[] }> {
  const [card] = await side.until(
    () => cardsOf(id).filter(({ channel }) => channel === 'C0PAYMENTS'),
    (cards) => cards.length > 0,
  );
  if (card === undefined) throw new Error('No card.');
  return card;
}

/** Of the chain of events, not of one. */
const isCheckpoint = (block: unknown) => JSON.stringify(block).includes('checkpoint_');

describe('cards', () => {
  it('are posted once in the channel of the team, and updated in place until all is ready', async () => {
    const { id } = await request('development');
    await isReady(id);
    const card = await ownCard(id);
    await side.until(
      () => card.text,
      (text) => text.startsWith('Ready'),
    );
    expect(cardsOf(id)).toHaveLength(1);
    expect(JSON.stringify(card.blocks)).not.toContain('<!channel>');
    expect(JSON.stringify(card.blocks)).toContain('secret_show_how');
  });

  it('ask for an approval where the team decides, and follow the decision', async () => {
    const { id, approvalId } = await request('production');
    const [card] = await side.until(
      () => api.in('approvals').filter(({ blocks }) => JSON.stringify(blocks).includes(approvalId ?? '?')),
      (found) => found.length > 0,
    );
    expect(JSON.stringify(card?.blocks)).toContain('<@U0LEA>');
    const voter = await side.get(People).get('U0LEA');
    await side.get(Votes).vote({ approvalId: approvalId ?? '', voter, choice: 'yes' });
    await side.until(
      () => card?.text ?? '',
      (text) => text.startsWith('Approved'),
    );
    await isReady(id);
  });

  it('count a reaction of which no event told, as the sweep reads them again', async () => {
    const { id, approvalId } = await request('production');
    const card = await side.until(() =>
      api.in('approvals').find(({ blocks }) => JSON.stringify(blocks).includes(approvalId ?? '?')),
    );
    api.reactions.set(card?.ts ?? '', [{ name: 'white_check_mark', users: ['U0LEA'] }]);
    // The sweep sees a card once it is written down where it was posted.
    await side.until(async () => {
      await side.get(ReactionVotes).sweep();
      return (await side.get(Requests).get(id)).state !== 'awaiting-approval';
    });
    await isReady(id);
  });

  it('are not posted twice when the answer to posting was lost', async () => {
    api.failNext('chat.postMessage', { kind: 'status', status: 503, after: true, channel: 'team-payments' });
    const { id } = await request('development');
    await isReady(id);
    await side.until(
      () => api.of('conversations.history').length,
      (n) => n > 0,
    );
    await side.until(
      async () => (await ownCard(id)).text,
      (text) => text.startsWith('Ready'),
    );
    expect(cardsOf(id).filter(({ channel }) => channel === 'C0PAYMENTS')).toHaveLength(1);
  });

  it('wait as long as Slack wants, and then show the newest state', async () => {
    api.failNext('chat.postMessage', { kind: 'ratelimited', seconds: 1, channel: 'team-payments' });
    const { id } = await request('development');
    await isReady(id);
    await side.until(
      async () => (await ownCard(id)).text,
      (text) => text.startsWith('Ready'),
    );
  });

  it('are posted again when somebody deleted them', async () => {
    const { id } = await request('production');
    const card = await ownCard(id);
    Object.assign(card, { deleted: true });
    await side.get(RequestControl).cancel({ id, person: await side.get(People).get('U0ADA') });
    const again = await side.until(
      () => cardsOf(id).filter(({ channel }) => channel === 'C0PAYMENTS'),
      (cards) => cards.length === 1,
    );
    expect(again[0]?.text).toMatch(/^Cancelled/);
  });

  it('go to the requests channel when their own can’t be posted to, and the audit says so', async () => {
    api.failNext('chat.postMessage', { kind: 'error', error: 'is_archived', channel: 'team-payments' });
    const { id } = await request('production');
    const moved = await side.until(
      () =>
        side.database.transactions.query<{ summary: string }>(
          `select summary from audit_events where type = 'card.moved'`,
        ),
      (rows) => rows.length > 0,
    );
    expect(moved[0]?.summary).toContain('elsewhere');
    await side.until(() => cardsOf(id).some(({ channel }) => channel === 'C0GENERAL') || api.in('general').length > 0);
  });

  it('put every audit event on exactly one line of the audit channel', async () => {
    const expected = await side.until(
      async () => {
        const [left] = await side.database.transactions.query<{ n: string }>(
          `select count(*) as n from subject_marks where subject_kind = 'audit'`,
        );
        const [unshown] = await side.database.transactions.query<{ n: string }>(
          `select count(*) as n from cards where surface = 'audit-lines' and state <> 'shown'`,
        );
        return Number(left?.n) + Number(unshown?.n);
      },
      (n) => n === 0,
    );
    expect(expected).toBe(0);
    const [all] = await side.database.transactions.query<{ n: string }>('select count(*) as n from audit_events');
    const blocks = api.in('audit').flatMap((message) => message.blocks ?? []);
    const lines = blocks.filter((block) => !isCheckpoint(block)).flatMap((block) => JSON.stringify(block).split('\\n'));
    expect(lines.length).toBe(Number(all?.n));
  });

  it('publish an App Home once it was opened, and again when something changes', async () => {
    await side.deliver({
      type: 'event_callback',
      event_id: 'EvHome',
      team_id: 'T0HOME',
      event: { type: 'app_home_opened', tab: 'home', user: 'U0LEA', channel: 'D1' },
    });
    await side.until(() => api.homes.has('U0LEA'));
    const { approvalId } = await request('production');
    await side.until(
      () => JSON.stringify(api.homes.get('U0LEA')),
      (view) => view.includes(approvalId ?? '?'),
    );
    expect(api.homes.has('U0ADA')).toBe(false);
  });
});

describe('notices', () => {
  it('are sent once each, to the person they are for', async () => {
    const { id } = await request('development');
    await isReady(id);
    const sent = await side.until(
      () => api.messages.filter(({ channel, text }) => channel.startsWith('D0ADA') && text.includes(id)),
      (found) => found.length > 0,
    );
    expect(sent).toHaveLength(1);
  });

  it('go under the card of their subject, even if it is posted later', async () => {
    const { id } = await request('production');
    await side.database.transactions.run((tx) =>
      side.get(Notices).post(tx, {
        key: `test:${id}`,
        to: { kind: 'thread', subject: { kind: 'request', id } },
        template: 'plain',
        data: { text: 'under the card <@U0LEA>' },
      }),
    );
    const [reply] = await side.until(
      () => api.messages.filter(({ text }) => text.startsWith('under the card')),
      (found) => found.length > 0,
    );
    expect(reply?.thread_ts).toBe((await ownCard(id)).ts);
    expect(reply?.text).toContain('&lt;@U0LEA&gt;');
  });

  it('are not sent twice when the answer was lost', async () => {
    api.failNext('chat.postMessage', { kind: 'status', status: 502, after: true, channel: 'general' });
    await side.database.transactions.run((tx) =>
      side.get(Notices).post(tx, {
        key: 'test:lost',
        to: { kind: 'channel', channel: 'general' },
        template: 'plain',
        data: { text: 'said once' },
      }),
    );
    await side.until(
      () => side.database.transactions.query<{ state: string }>(`select state from notices where key = 'test:lost'`),
      ([row]) => row?.state === 'posted',
    );
    expect(api.in('general').filter(({ text }) => text === 'said once')).toHaveLength(1);
  });
});
