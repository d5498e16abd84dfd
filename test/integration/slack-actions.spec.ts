import { jest } from '@jest/globals';
import { LateSlack } from '../../src/orchestrator/actions/slack/late-slack.js';
import { slackActions } from '../../src/orchestrator/actions/slack/slack.actions.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';
import { SlackStepsWorld } from '../builders/slack-steps.js';

jest.setTimeout(120_000);

const [ADA, BEN, LEA, OLI, GUS] = ['U0ADA0001', 'U0BEN0002', 'U0LEA0003', 'U0OLI0005', 'U0GUS0007'];
const REPOSITORY = { channel: 'general', title: 'Repository', link: 'https://git.example.org/payments/invoices' };

let database: TestDatabase;
let world: SlackStepsWorld;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await SlackStepsWorld.start(database);
});
afterEach(() => world.reset());
afterAll(async () => {
  await world.stop();
  await database.drop();
});

const channelNamed = async (name: string) => (await world.person('ada')).channel(name);
const newChannel = async (name: string, key = `channel ${name}`): Promise<string> =>
  String((await world.bench('channel').apply({ name }, key)).output.id);
/** The answer is lost: the effect is there, the caller knows nothing of it. */
const afterALostAnswer = async (bench: ActionBench, input: JsonObject, key = 'key-1') => {
  await bench.apply(input, key);
  return bench.apply(input, key);
};

describe('slack:* steps', () => {
  it('plan as their examples say; where no workspace is connected they are known, and can’t be run', async () => {
    // Somebody to invite.
    await world.client.conversations.kick({ channel: 'C0PLATFORM', user: LEA });
    for (const action of world.actions)
      for (const { input, plan } of action.examples)
        expect([action.id, input, (await action.plan(input)).kind]).toEqual([action.id, input, plan]);
    for (const action of slackActions(new LateSlack(() => null))) {
      const [example] = action.examples;
      expect(await action.plan(example?.input)).toMatchObject({
        kind: 'cannot',
        summary: expect.stringMatching(/not connected here/),
      });
    }
  });

  it.each([
    ['channel', { name: 'Svc Invoices' }, 'name'],
    ['channel', { name: '#svc' }, 'name'],
    ['channel', { name: 'svc', purpose: 'x'.repeat(201) }, 'purpose'],
    ['invite', { channel: 'general' }, 'people'],
    ['invite', { channel: 'general', people: ['ada'] }, 'people.0'],
    ['invite', { channel: 'not a channel', teams: ['payments'] }, 'channel'],
    ['bookmark', { ...REPOSITORY, link: 'javascript:alert(1)' }, 'link'],
    ['bookmark', { ...REPOSITORY, emoji: 'book' }, 'emoji'],
    ['canvas', { title: 'x', markdown: 'y' }, ''],
    ['message', { channel: 'general', text: '  ' }, 'text'],
    ['message', { channel: 'general', text: 'x', undo: 'forget' }, 'undo'],
  ])('refuse bad input: %s %j', (name, input, field) => {
    expect(world.bench(name).problems(input)).toContain(field);
  });

  it('say which scope is missing, and what to do', async () => {
    world.scopes.splice(world.scopes.indexOf('bookmarks:write'), 1);
    const adding = world.bench('bookmark').apply(REPOSITORY);
    await expect(adding).rejects.toMatchObject({
      retryable: false,
      publicMessage: expect.stringMatching(/scope bookmarks:write.*install the app again/),
    });
    world.scopes.splice(world.scopes.indexOf('groups:write'), 1);
    await expect(world.bench('channel').apply({ name: 'secret', private: true })).rejects.toThrow(/groups:write/);
    await expect(world.bench('channel').apply({ name: 'open' }, 'key-2')).resolves.toBeDefined();
  });

  it('wait as long as Slack asks, and leave a longer wait to the step’s own retries', async () => {
    await world.control('fail', { method: 'bookmarks.add', error: 'ratelimited', times: 2, retryAfterSeconds: 1 });
    await world.bench('bookmark').apply(REPOSITORY);
    expect((await world.calls('bookmarks.add')).map(({ ok }) => ok)).toEqual([false, false, true]);
    await world.control('fail', { method: 'chat.postMessage', error: 'ratelimited', times: 1, retryAfterSeconds: 90 });
    const posting = world.bench('message').apply({ channel: 'team-platform', text: 'Hello.' });
    await expect(posting).rejects.toMatchObject({
      retryable: true,
      publicMessage: expect.stringContaining('90 seconds'),
    });
  });

  it('stop waiting when the step’s time is up', async () => {
    await world.control('fail', { method: 'bookmarks.add', error: 'ratelimited', times: 1, retryAfterSeconds: 29 });
    const bench = world.bench('bookmark');
    await bench.intend(REPOSITORY);
    const signal = AbortSignal.timeout(100);
    await expect(bench.apply(REPOSITORY, 'key-1', { signal })).rejects.toMatchObject({ retryable: true });
  });

  it('are tried again when Slack gives no answer', async () => {
    await world.control('fail', { method: 'conversations.create', error: 'fatal_error', times: 1, status: 500 });
    const bench = world.bench('channel');
    await expect(bench.apply({ name: 'svc-later' })).rejects.toMatchObject({ retryable: true });
    await expect(bench.apply({ name: 'svc-later' })).resolves.toMatchObject({ output: { name: 'svc-later' } });
  });
});

describe('slack:channel', () => {
  const input = { name: 'svc-invoices', topic: 'Invoices & <co>', purpose: 'All about <!channel>' };

  it('makes it once, public or private, and archives it so that the name is free again', async () => {
    const bench = world.bench('channel');
    const made = await afterALostAnswer(bench, input);
    expect(made.output).toEqual({
      id: made.output.id,
      name: 'svc-invoices',
      url: expect.stringContaining('/archives/'),
    });
    expect(await world.calls('conversations.create')).toHaveLength(1);
    expect(await channelNamed('svc-invoices')).toMatchObject({
      kind: 'channel',
      topic: 'Invoices &amp; &lt;co&gt;',
      purpose: expect.stringMatching(/^All about &lt;!channel&gt; \[qm-[0-9a-f]{24}\]$/),
    });
    // Setting it again would be another line in the channel.
    expect(await world.calls('conversations.setTopic')).toHaveLength(1);
    expect(await bench.read(made.state)).toMatchObject({ exists: true });
    expect(await bench.plan(input)).toMatchObject({
      kind: 'cannot',
      summary: expect.stringContaining('#svc-invoices'),
    });
    await bench.destroy(made.state);
    await bench.destroy(made.state);
    expect(await bench.read(made.state)).toMatchObject({ exists: false });
    expect(await bench.plan(input)).toMatchObject({ kind: 'create' });
    const again = await bench.apply(input, 'key-2');
    expect(again.output.id).not.toBe(made.output.id);
    const hidden = await bench.apply({ name: 'svc-secret', private: true }, 'key-3');
    expect(hidden.output.name).toBe('svc-secret');
    expect(await channelNamed('svc-secret')).toBeUndefined();
  });

  it.each(['conversations.setPurpose', 'conversations.setTopic', 'conversations.rename', 'conversations.archive'])(
    'is found again when everything stops at %s, and leaves nothing open',
    async (method) => {
      const bench = world.bench('channel');
      const state = await bench.intend(input);
      await world.control('fail', { method, error: 'internal_error', times: 1 });
      await bench.apply(input).catch(() => undefined);
      const made = await bench.apply(input);
      expect(await world.calls('conversations.create')).toHaveLength(1);
      // What is known of an attempt that died is enough to take it away.
      await bench.destroy(state ?? {}).catch(() => undefined);
      await bench.destroy(state ?? {});
      expect(await bench.read(made.state)).toMatchObject({ exists: false });
      expect((await channelNamed(String(made.output.id)))?.isArchived).toBe(true);
    },
  );

  it('is taken away also when it never got its name', async () => {
    const bench = world.bench('channel');
    const state = await bench.intend(input);
    await world.control('fail', { method: 'conversations.setPurpose', error: 'internal_error', times: 1 });
    await expect(bench.apply(input)).rejects.toThrow();
    await bench.destroy(state ?? {});
    const { channels } = await world.client.conversations.list({ exclude_archived: true });
    expect(channels?.filter(({ name }) => name?.startsWith('qm-') === true)).toEqual([]);
  });

  it('leaves alone what is somebody else’s: of a person, of another step, archived', async () => {
    const bench = world.bench('channel');
    await expect(bench.apply({ name: 'team-platform' })).rejects.toThrow(/is not of this step’s making/);
    await bench.apply(input, 'one');
    await expect(bench.apply(input, 'other')).rejects.toMatchObject({ retryable: false });
    const { channel } = await world.client.conversations.create({ name: 'svc-old' });
    await world.client.conversations.archive({ channel: channel?.id ?? '' });
    expect(await bench.plan({ name: 'svc-old' })).toMatchObject({
      kind: 'cannot',
      summary: expect.stringMatching(/archived/),
    });
    await bench.destroy((await bench.intend({ name: 'team-platform' })) ?? {});
    expect((await channelNamed('team-platform'))?.isArchived).toBe(false);
  });

  it('of two at the same moment, one has the name; nothing of the other stays open', async () => {
    const bench = world.bench('channel');
    const ends = await Promise.allSettled([bench.apply(input, 'one'), bench.apply(input, 'two')]);
    const failed = ends.findIndex(({ status }) => status === 'rejected');
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await bench.destroy((await bench.intend(input, failed === 0 ? 'one' : 'two')) ?? {});
    const { channels } = await world.client.conversations.list({ exclude_archived: true });
    expect(channels?.map(({ name }) => name).filter((name) => name?.match(/^(qm-|svc-)/))).toEqual(['svc-invoices']);
  });

  it('can be changed in place: another topic, another name', async () => {
    const { action } = world.bench('channel');
    const bench = world.bench('channel');
    const made = await bench.apply(input);
    const next = { name: 'svc-bills', topic: 'Bills' };
    expect(await action.plan(next, { made })).toMatchObject({ kind: 'change' });
    const intended = await action.intend(next, { ...bench.context('key-1'), made });
    const changed = await action.apply(next, { ...bench.context('key-1'), intended, made });
    expect(changed.output).toMatchObject({ id: made.output.id, name: 'svc-bills' });
    expect(await channelNamed('svc-bills')).toMatchObject({ topic: 'Bills' });
    const turned = { ...bench.context('key-1'), intended: changed.state, made: changed };
    await expect(action.apply({ ...next, private: true }, turned)).rejects.toThrow(/can’t change that/);
  });
});

describe('slack:invite', () => {
  it('invites people by id, e-mail, group and team; destroyed, only those it added leave', async () => {
    const id = await newChannel('svc-people');
    await world.client.conversations.invite({ channel: id, users: BEN });
    const bench = world.bench('invite');
    const input = {
      channel: '#svc-people',
      people: [OLI, 'ada@quartermaster.test'],
      groups: ['@oncall'],
      teams: ['payments'],
    };
    expect(await bench.plan(input)).toMatchObject({ kind: 'change', summary: 'Invites 3 people to #svc-people' });
    const made = await afterALostAnswer(bench, input);
    expect(made.output).toEqual({ channel: id, invited: 3 });
    expect(new Set((await channelNamed(id))?.memberIds)).toEqual(new Set(['U0QMASTER', ADA, BEN, LEA, OLI]));
    expect(await bench.plan(input)).toMatchObject({ kind: 'none' });
    await world.client.conversations.kick({ channel: id, user: OLI });
    expect(await bench.read(made.state)).toMatchObject({ exists: true, detail: '1 of them left the channel' });
    await bench.destroy(made.state);
    await bench.destroy(made.state);
    expect((await channelNamed(id))?.memberIds.sort()).toEqual([BEN, 'U0QMASTER']);
  });

  it('keeps them in if wished, and does nothing in a channel that is archived', async () => {
    const id = await newChannel('svc-kept');
    const bench = world.bench('invite');
    const kept = await bench.apply({ channel: id, people: [ADA], undo: 'keep' });
    await bench.destroy(kept.state);
    expect((await channelNamed(id))?.memberIds).toContain(ADA);
    const others = await bench.apply({ channel: id, people: [BEN] }, 'key-2');
    await world.client.conversations.archive({ channel: id });
    await bench.destroy(others.state, 'key-2');
    expect((await channelNamed(id))?.memberIds).toContain(BEN);
  });

  it('names who can’t be invited', async () => {
    await newChannel('svc-strict');
    const bench = world.bench('invite');
    const cannot = async (more: JsonObject) => (await bench.plan({ channel: 'svc-strict', ...more })).summary;
    expect(await cannot({ people: ['nobody@quartermaster.test'] })).toMatch(/nobody@quartermaster.test/);
    expect(await cannot({ people: [GUS] })).toMatch(/not guests/);
    expect(await cannot({ teams: ['unheard-of'] })).toMatch(/no team unheard-of/);
    expect(await cannot({ groups: ['unheard-of'] })).toMatch(/user group @unheard-of/);
    expect((await bench.plan({ channel: 'unheard-of', people: [ADA] })).summary).toMatch(/no channel #unheard-of/);
    await world.control('fail', { method: 'conversations.invite', error: 'cant_invite', times: 1 });
    await expect(bench.apply({ channel: 'svc-strict', people: [ADA] })).rejects.toThrow(/Leave them out/);
  });
});

describe('slack:bookmark', () => {
  it('is set once, changed in place, put right after a change by hand, and taken away', async () => {
    const bench = world.bench('bookmark');
    const made = await afterALostAnswer(bench, REPOSITORY);
    const links = async () => (await channelNamed('general'))?.bookmarks.map(({ title, link }) => [title, link]);
    expect(await links()).toEqual([[REPOSITORY.title, REPOSITORY.link]]);
    await world.client.bookmarks.edit({ channel_id: 'C0GENERAL', bookmark_id: String(made.output.id), title: 'Mine' });
    expect(await bench.read(made.state)).toMatchObject({ facts: { title: 'Mine' } });
    expect(bench.action.expects(REPOSITORY)).toEqual({ title: 'Repository', link: REPOSITORY.link });
    await bench.action.mend(made.state, { title: 'Repository' }, bench.context('key-1'));
    const next = { ...REPOSITORY, link: 'https://git.example.org/payments/bills' };
    const intended = await bench.action.intend(next, { ...bench.context('key-1'), made });
    await bench.action.apply(next, { ...bench.context('key-1'), intended, made });
    expect(await links()).toEqual([['Repository', next.link]]);
    await bench.destroy(made.state);
    await bench.destroy(made.state);
    expect(await links()).toEqual([]);
  });

  it('uses one that is there, and leaves it there', async () => {
    const { bookmark } = await world.client.bookmarks.add({ channel_id: 'C0GENERAL', type: 'link', ...REPOSITORY });
    const bench = world.bench('bookmark');
    expect(await bench.plan(REPOSITORY)).toMatchObject({ kind: 'none' });
    const made = await bench.apply(REPOSITORY);
    expect(made.output.id).toBe(bookmark?.id);
    await bench.destroy(made.state);
    expect((await channelNamed('general'))?.bookmarks).toHaveLength(1);
  });

  it('is taken away also when its answer was lost; a secret in a link is not shown', async () => {
    const bench = world.bench('bookmark');
    const state = await bench.intend(REPOSITORY);
    await bench.apply(REPOSITORY);
    await bench.destroy(state ?? {});
    expect((await channelNamed('general'))?.bookmarks).toEqual([]);
    world.redactor.remember('very-secret-value');
    const telling = { ...REPOSITORY, link: 'https://git.example.org/?token=very-secret-value' };
    await expect(bench.apply(telling, 'key-2')).rejects.toThrow(/looks like a secret/);
  });
});

describe('slack:canvas', () => {
  const own = { channel: 'general', title: 'Invoices', markdown: '# Invoices\n\n- one\n- two' };
  const alone = { title: 'Hand-over', markdown: 'Who does *what*.', shareWith: ['team-platform'] };

  it.each([
    ['of a channel', own, 'general', 'conversations.canvases.create'],
    ['that stands alone', alone, 'team-platform', 'canvases.create'],
  ])('%s is made once, written anew when it changes, and taken away', async (_what, input, place, method) => {
    const bench = world.bench('canvas');
    const made = await afterALostAnswer(bench, input);
    expect(await world.calls(method)).toHaveLength(1);
    const canvases = async () => (await channelNamed(place))?.canvases;
    expect(await canvases()).toMatchObject([{ id: made.output.id, title: input.title }]);
    const next = { ...input, title: 'Bills', markdown: '## Bills' };
    const intended = await bench.action.intend(next, { ...bench.context('key-1'), made });
    await bench.action.apply(next, { ...bench.context('key-1'), intended, made });
    expect(await canvases()).toMatchObject([
      { title: 'Bills', markdown: expect.stringMatching(/^## Bills\n\n---\n\nMade/) },
    ]);
    expect(await bench.read(made.state)).toMatchObject({ exists: true, detail: '“Bills” is there' });
    await bench.destroy(made.state);
    await bench.destroy(made.state);
    expect(await canvases()).toEqual([]);
    expect(await bench.read(made.state)).toMatchObject({ exists: false });
  });

  it.each([own, alone])('is taken away also when its answer was lost: %j', async (input) => {
    const bench = world.bench('canvas');
    const state = await bench.intend(input);
    await world.control('fail', { method: 'files.info', error: 'internal_error', times: 1 });
    await expect(bench.apply(input)).rejects.toMatchObject({ retryable: true });
    await bench.destroy(state ?? {});
    expect((await channelNamed('general'))?.canvases).toEqual([]);
    const { files } = await world.client.files.list({});
    expect(files).toEqual([]);
  });

  it('leaves alone the canvas that a channel has, and hides secrets', async () => {
    const markdown = { type: 'markdown', markdown: 'ours' } as const;
    await world.client.conversations.canvases.create({ channel_id: 'C0GENERAL', document_content: markdown });
    const bench = world.bench('canvas');
    expect(await bench.plan(own)).toMatchObject({
      kind: 'cannot',
      summary: expect.stringContaining('has a canvas already'),
    });
    await expect(bench.apply(own)).rejects.toMatchObject({ retryable: false });
    await bench.destroy((await bench.intend(own)) ?? {});
    expect((await channelNamed('general'))?.canvases).toHaveLength(1);
    world.redactor.remember('very-secret-value');
    await bench.apply({ ...alone, markdown: 'It is very-secret-value.' }, 'key-2');
    expect((await channelNamed('team-platform'))?.canvases[0]?.markdown).toContain('[redacted]');
  });
});

describe('slack:message', () => {
  const input = {
    channel: 'team-security',
    text: 'The service *invoices* of <!channel> & <@U0ADA0001>',
    links: [{ title: 'Repo <x>', url: 'https://git.example.org/a|b' }],
    pin: true,
  };
  const ours = async () =>
    (await world.person('sam'))
      .messages('team-security')
      .filter(({ user, subtype }) => user === 'U0QMASTER' && subtype === undefined);

  it('is posted once, mentions nobody, is pinned, changed in place and deleted', async () => {
    const bench = world.bench('message');
    const made = await afterALostAnswer(bench, input);
    const [message, ...more] = await ours();
    expect(more).toEqual([]);
    expect(message?.text).toBe(
      'The service *invoices* of &lt;!channel&gt; &amp; &lt;@U0ADA0001&gt;\n<https://git.example.org/a%7Cb|Repo &lt;x&gt;>',
    );
    expect(made.output.url).toContain('/archives/C0SECURITY/p');
    expect(await bench.read(made.state)).toMatchObject({ exists: true, detail: 'the message is there, pinned' });
    const next = { ...input, text: 'Another text' };
    const intended = await bench.action.intend(next, { ...bench.context('key-1'), made });
    await bench.action.apply(next, { ...bench.context('key-1'), intended, made });
    expect((await ours()).map(({ text }) => text.split('\n')[0])).toEqual(['Another text']);
    await bench.destroy(made.state);
    await bench.destroy(made.state);
    expect(await ours()).toEqual([]);
    expect(await bench.read(made.state)).toMatchObject({ exists: false });
  });

  it('is found among many by its metadata, and taken away, when its answer was lost', async () => {
    const bench = world.bench('message');
    const state = await bench.intend(input);
    await bench.apply(input);
    for (let n = 0; n < 205; n += 1) await world.client.chat.postMessage({ channel: 'C0SECURITY', text: `noise ${n}` });
    const made = await bench.apply(input);
    expect((await ours()).filter(({ text }) => text.startsWith('The service'))).toHaveLength(1);
    expect(made.output.ts).toBeDefined();
    await bench.destroy(state ?? {});
    expect((await ours()).filter(({ text }) => text.startsWith('The service'))).toEqual([]);
  });

  it('stays if wished, unpinned or as it is', async () => {
    const bench = world.bench('message');
    const unpinned = await bench.apply({ ...input, undo: 'unpin' }, 'key-1');
    const kept = await bench.apply({ ...input, undo: 'keep' }, 'key-2');
    await bench.destroy(unpinned.state);
    await bench.destroy(kept.state);
    expect(await ours()).toHaveLength(2);
    expect((await world.person('sam')).channel('team-security')?.pinnedTs).toEqual([kept.output.ts]);
  });

  it('joins a public channel, and says what to do for a private one it can’t see', async () => {
    await world.client.conversations.leave({ channel: 'C0SECURITY' });
    await expect(world.bench('message').apply(input)).resolves.toBeDefined();
    expect((await channelNamed('team-security'))?.memberIds).toContain('U0QMASTER');
    await expect(world.bench('message').apply({ ...input, channel: 'C0UNSEEN01' }, 'key-2')).rejects.toThrow(
      /invite the bot/,
    );
  });
});
