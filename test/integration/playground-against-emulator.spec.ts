import { createEmulator, type Emulator } from 'emulate';
import { type Playground, startPlayground } from '../../src/playground/index.js';
import { freePort } from '../builders/free-port.js';

const TOKEN = 'xoxb-quartermaster';
type Answer = { ok: boolean; error?: string } & Record<string, any>;
type Call = (method: string, args?: Record<string, unknown>, token?: string | null) => Promise<Answer>;

/** Speaks to a Web API as an SDK would: form-encoded, objects as JSON. */
const clientOf =
  (apiUrl: string): Call =>
  async (method, args = {}, token = TOKEN) => {
    const form = Object.entries(args).map(([key, value]): [string, string] => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const response = await fetch(`${apiUrl}${method}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: new URLSearchParams(form),
    });
    return (await response.json()) as Answer;
  };

const plain = (text: string) => ({ type: 'plain_text', text });
const home = { type: 'home', blocks: [{ type: 'section', block_id: 'a', text: plain('Home') }] };

/** One life of a workspace, told in calls; every answer is noted as `ok` or the error's word. */
async function story(call: Call): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  const note = async (
    what: string,
    method: string,
    args: Record<string, unknown> = {},
    token?: string | null,
  ): Promise<Answer> => {
    const answer = await call(method, args, token);
    seen[`${what} (${method})`] = answer.ok ? 'ok' : String(answer.error);
    return answer;
  };
  const { channels } = await call('conversations.list');
  const general: string = channels.find((channel: { name: string }) => channel.name === 'general').id;
  const { members } = await call('users.list');
  const ada: string = members.find((user: { name: string }) => user.name === 'ada').id;
  const me: string = (await call('auth.test')).user_id;

  await note('without a token', 'auth.test', {}, null);
  await note('with a wrong token', 'chat.postMessage', { channel: general, text: 'x' }, 'xoxb-wrong');
  await note('with the token', 'auth.test');

  const room = (await note('a room', 'conversations.create', { name: 'inc-1' })).channel.id as string;
  await note('the room again', 'conversations.create', { name: 'inc-1' });
  await note('an invitation', 'conversations.invite', { channel: room, users: ada });
  await note('the invitation again', 'conversations.invite', { channel: room, users: ada });
  await note('an invitation to oneself', 'conversations.invite', { channel: room, users: me });
  await note('an invitation nowhere', 'conversations.invite', { channel: 'C0NOWHERE', users: ada });
  await note('a topic', 'conversations.setTopic', { channel: room, topic: 'On fire' });
  await note('a purpose', 'conversations.setPurpose', { channel: room, purpose: 'To put it out' });
  await note('members', 'conversations.members', { channel: room });

  const posted = await note('a message', 'chat.postMessage', { channel: room, text: 'hello' });
  const at = { channel: room, timestamp: posted.ts };
  await note('a message nowhere', 'chat.postMessage', { channel: 'C0NOWHERE', text: 'hello' });
  await note('an empty message', 'chat.postMessage', { channel: room });
  await note('a reply', 'chat.postMessage', { channel: room, text: 'and?', thread_ts: posted.ts });
  await note('replies', 'conversations.replies', { channel: room, ts: posted.ts });
  await note('history', 'conversations.history', { channel: room, limit: 1 });
  await note('a change', 'chat.update', { channel: room, ts: posted.ts, text: 'hello again' });
  await note('a change of nothing', 'chat.update', { channel: room, ts: '1.000001', text: 'x' });
  await note('a whisper', 'chat.postEphemeral', { channel: room, user: ada, text: 'psst' });
  await note('a link', 'chat.getPermalink', { channel: room, message_ts: posted.ts });

  await note('a reaction', 'reactions.add', { ...at, name: 'eyes' });
  await note('the reaction again', 'reactions.add', { ...at, name: 'eyes' });
  await note('reactions', 'reactions.get', at);
  await note('the reaction taken back', 'reactions.remove', { ...at, name: 'eyes' });
  await note('the reaction taken back again', 'reactions.remove', { ...at, name: 'eyes' });
  await note('a reaction to nothing', 'reactions.add', { channel: room, timestamp: '1.000001', name: 'eyes' });

  await note('a pin', 'pins.add', at);
  await note('the pin again', 'pins.add', at);
  await note('pins', 'pins.list', { channel: room });
  await note('the pin taken out', 'pins.remove', at);
  await note('the pin taken out again', 'pins.remove', at);

  const bookmark = await note('a bookmark', 'bookmarks.add', {
    channel_id: room,
    title: 'Runbook',
    type: 'link',
    link: 'https://a.test/',
  });
  await note('bookmarks', 'bookmarks.list', { channel_id: room });
  await note('the bookmark taken out', 'bookmarks.remove', { channel_id: room, bookmark_id: bookmark.bookmark?.id });

  await note('a direct message', 'conversations.open', { users: ada });
  await note('somebody', 'users.info', { user: ada });
  await note('nobody', 'users.info', { user: 'U0NOBODY' });
  await note('by e-mail', 'users.lookupByEmail', { email: 'ada@quartermaster.test' });
  await note('by an unknown e-mail', 'users.lookupByEmail', { email: 'nobody@quartermaster.test' });
  await note('a profile', 'users.profile.get', { user: ada });
  await note('the team', 'team.info');
  await note('an upload', 'files.getUploadURLExternal', { filename: 'a.txt', length: 3 });
  await note('an unknown file', 'files.info', { file: 'F0NOTHING' });

  const published = await note('a Home tab', 'views.publish', { user_id: ada, view: home });
  await note('a Home tab with the right hash', 'views.publish', {
    user_id: ada,
    view: home,
    hash: published.view?.hash,
  });
  await note('a Home tab with a stale hash', 'views.publish', { user_id: ada, view: home, hash: 'stale' });
  await note('an unknown view', 'views.update', {
    view_id: 'V0NOTHING',
    view: { type: 'modal', title: plain('x'), blocks: [] },
  });

  await note('a message taken back', 'chat.delete', { channel: room, ts: posted.ts });
  await note('a message taken back again', 'chat.delete', { channel: room, ts: posted.ts });
  await note('archived', 'conversations.archive', { channel: room });
  await note('archived again', 'conversations.archive', { channel: room });
  await note('a message to an archive', 'chat.postMessage', { channel: room, text: 'late' });
  await note('an invitation to an archive', 'conversations.invite', { channel: room, users: ada });
  await note('a bad cursor', 'conversations.list', { cursor: 'bm90LWEtY3Vyc29y' });
  return seen;
}

/** Where the two differ, and why ours is as Slack documents it. Anything else that differs fails the test. */
const KNOWN: Record<string, string> = {
  'with a wrong token (chat.postMessage): ours invalid_auth, theirs ok':
    'The emulator takes any token for its first user.',
  'a bad cursor (conversations.list): ours invalid_cursor, theirs ok':
    'The emulator starts over; Slack documents invalid_cursor.',
};

describe('the same calls against the playground and an independent emulator', () => {
  let emulator: Emulator;
  let playground: Playground;

  beforeAll(async () => {
    emulator = await createEmulator({
      service: 'slack',
      port: await freePort(),
      seed: {
        tokens: { [TOKEN]: { login: 'quartermaster', scopes: [] } },
        slack: {
          team: { name: 'Test', domain: 'test' },
          users: ['quartermaster', 'ada'].map((name) => ({ name, email: `${name}@quartermaster.test` })),
          channels: [{ name: 'general' }],
        },
      },
    });
    playground = await startPlayground({
      environment: 'test',
      host: '127.0.0.1',
      port: 0,
      app: { botToken: TOKEN, appToken: 'xapp-test', signingSecret: 's', commands: [], shortcuts: [] },
      delivery: { mode: 'socket' },
    });
  });

  afterAll(async () => {
    await playground.stop();
    await emulator.close();
  });

  it('are answered alike, but for what is explained', async () => {
    const theirs = await story(clientOf(`${emulator.url}/api/`));
    const ours = await story(clientOf(playground.apiUrl));
    const differences = Object.keys(ours)
      .filter((what) => ours[what] !== theirs[what])
      .map((what) => `${what}: ours ${ours[what]}, theirs ${theirs[what]}`);
    expect(Object.keys(ours)).toHaveLength(Object.keys(theirs).length);
    expect(differences.filter((difference) => KNOWN[difference] === undefined)).toEqual([]);
    expect(Object.keys(KNOWN).filter((known) => !differences.includes(known))).toEqual([]);
  });
});
