import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startPlayground } from '../../src/playground/index.js';
import { BarePlayground, PLAYGROUND_TOKENS } from '../builders/playground.js';
import { SlackPerson } from '../builders/slack-person.js';

const GENERAL = 'C0GENERAL';
const ADA = 'U0ADA0001';

it('never starts in production', async () => {
  await expect(
    startPlayground({
      environment: 'production',
      host: '127.0.0.1',
      port: 0,
      app: { ...PLAYGROUND_TOKENS, commands: [], shortcuts: [] },
      delivery: { mode: 'socket' },
    }),
  ).rejects.toThrow('never runs in production');
});

describe('what is kept between two starts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'playground-state-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const snapshot = async (slack: BarePlayground) =>
    (await (await fetch(`${slack.url}/client/snapshot?user=${ADA}`)).json()) as Record<string, any>;

  it('is everything but ephemeral messages and open modals, with ids that go on', async () => {
    const stateFile = join(folder, 'nested', 'workspace.json');
    const first = await BarePlayground.start({ stateFile });
    const { ts } = await first.call('chat.postMessage', { channel: GENERAL, text: 'kept' });
    await first.call('chat.postEphemeral', { channel: GENERAL, user: ADA, text: 'gone' });
    await first.call('reactions.add', { channel: GENERAL, timestamp: ts, name: 'eyes' });
    await first.call('pins.add', { channel: GENERAL, timestamp: ts });
    await first.call('views.publish', { user_id: ADA, view: { type: 'home', blocks: [{ type: 'divider' }] } });
    const { channel } = await first.call('conversations.create', { name: 'inc-1' });
    await first.playground.stop();

    const second = await BarePlayground.start({ stateFile });
    const shown = await snapshot(second);
    expect(shown.messages[GENERAL]).toMatchObject([{ text: 'kept', ts, reactions: [{ name: 'eyes' }] }]);
    expect(shown.channels.find((one: { id: string }) => one.id === GENERAL).pinnedTs).toEqual([ts]);
    expect(shown.home).not.toBeNull();
    const { channel: next } = await second.call('conversations.create', { name: 'inc-2' });
    expect(next.id > channel.id).toBe(true);
    const { ts: later } = await second.call('chat.postMessage', { channel: GENERAL, text: 'later' });
    expect(later > ts).toBe(true);
    await second.playground.stop();
    expect(await readdir(join(folder, 'nested'))).toEqual(['workspace.json']);
    expect(await readFile(stateFile, 'utf8')).not.toContain(PLAYGROUND_TOKENS.botToken);
  });

  it('is set aside, not overwritten, when it cannot be read', async () => {
    const stateFile = join(folder, 'workspace.json');
    await writeFile(stateFile, '{"version":1,"data":');
    const slack = await BarePlayground.start({ stateFile });
    expect((await snapshot(slack)).messages[GENERAL]).toEqual([]);
    await slack.playground.stop();
    expect(await readFile(`${stateFile}.unreadable`, 'utf8')).toBe('{"version":1,"data":');
  });
});

describe('the door of the page', () => {
  let slack: BarePlayground;
  beforeEach(async () => {
    slack = await BarePlayground.start();
  });
  afterEach(async () => {
    await slack.playground.stop();
  });

  /** A raw request: `fetch` would not let a test choose its Host. */
  async function statusOf(path: string, headers: Record<string, string>, body?: string): Promise<number> {
    const { hostname, port } = new URL(slack.url);
    const outgoing = request({ hostname, port, path, method: body === undefined ? 'GET' : 'POST', headers });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  }
  const json = { 'Content-Type': 'application/json' };
  const action = JSON.stringify({ do: 'post_message', user: ADA, channel: GENERAL, text: 'forged' });

  it('is closed to other sites and to rebound names', async () => {
    expect(await statusOf('/client/act', { ...json, Origin: 'https://evil.test' }, action)).toBe(403);
    expect(await statusOf('/client/act', { ...json, Host: 'evil.test' }, action)).toBe(403);
    expect(await statusOf('/control/reset', { ...json, Origin: 'null' }, '{}')).toBe(403);
    expect(await statusOf(`/client/snapshot?user=${ADA}`, { Host: 'evil.test' })).toBe(403);
    expect(await statusOf('/files/F000000001/a.txt', { Host: 'evil.test' })).toBe(403);
    expect(await statusOf('/upload/v1/F000000001', { Origin: 'https://evil.test' }, 'x')).toBe(403);
    expect(await statusOf('/client/act', json, action)).toBe(200);
    expect(await statusOf('/client/act', { ...json, Origin: slack.url }, action)).toBe(200);
  });

  it('takes no form, which a foreign page could send without asking', async () => {
    const answer = await fetch(`${slack.url}/client/act`, {
      method: 'POST',
      body: new URLSearchParams({ do: 'post_message', user: ADA, channel: GENERAL, text: 'x' }),
    });
    expect(await answer.json()).toMatchObject({ ok: false, error: 'invalid_action' });
    expect((await slack.call('conversations.history', { channel: GENERAL })).messages).toEqual([]);
  });

  it('is closed to the sockets of other sites and of nobody', async () => {
    const wsUrl = slack.url.replace('http', 'ws');
    for (const [path, options] of [
      [`/client/ws?user=${ADA}`, { origin: 'https://evil.test' }],
      ['/client/ws?user=U0NOBODY', {}],
      ['/link/?ticket=forged', {}],
    ] as const) {
      const [error] = (await once(new WebSocket(`${wsUrl}${path}`, options), 'error')) as [Error];
      expect(error.message).toContain('403');
    }
  });

  it('survives an upgrade to an address that is none', async () => {
    const { hostname, port } = new URL(slack.url);
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
    const outgoing = request({ hostname, port, path: '//', headers });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(403);
    expect(await slack.call('auth.test')).toMatchObject({ ok: true });
  });

  it('says how to build the page when it is not built, and survives nonsense', async () => {
    expect(await (await fetch(slack.url)).text()).toContain('npm run build:ui');
    expect(await statusOf('/client/act', json, '{"do":')).toBe(400);
    expect(await statusOf('/client/act', json, JSON.stringify({ do: '__proto__' }))).toBe(200);
    expect(await statusOf('/control/__proto__', json, '{}')).toBe(400);
    expect(await statusOf('/nowhere', {})).toBe(404);
  });

  it('shows each person only what they may see, live', async () => {
    const gus = new SlackPerson(slack.url, 'U0GUS0007');
    const ada = new SlackPerson(slack.url, ADA);
    await Promise.all([gus.connect(), ada.connect()]);
    expect(gus.screen.channels.map((channel) => channel.name).filter((name) => name !== '')).toEqual(['general']);
    await slack.call('chat.postMessage', { channel: 'C0APPROVALS', text: 'for staff' });
    await slack.call('chat.postEphemeral', { channel: GENERAL, user: ADA, text: 'for Ada' });
    await slack.call('chat.postMessage', { channel: GENERAL, text: 'for all' });
    await gus.waitForMessage('#general', 'for all');
    await ada.waitForMessage('#general', 'for all');
    expect(gus.messages('C0APPROVALS')).toEqual([]);
    expect(gus.messages('#general').map((message) => message.text)).toEqual(['for all']);
    expect(ada.messages('#general').map((message) => message.text)).toEqual(['for Ada', 'for all']);
    expect(await gus.act({ do: 'post_message', channel: 'C0APPROVALS', text: 'x' })).toMatchObject({
      error: 'channel_not_found',
    });
    await Promise.all([gus.leave(), ada.leave()]);
  });
});
