import { createEmulator, type Emulator } from 'emulate';
import { RoomRefused } from '../../src/incidents/index.js';
import { Metrics } from '../../src/observability/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { SystemClock } from '../../src/shared/index.js';
import type { CardPlaces } from '../../src/slack/cards/card-places.js';
import { SlackIncidentRoom } from '../../src/slack/incidents/slack-incident-room.js';
import { ChannelBook } from '../../src/slack/web/channel-book.js';
import { SlackClient } from '../../src/slack/web/slack-client.js';
import { SlackGateway } from '../../src/slack/web/slack-gateway.js';
import { slackLogger } from '../../src/slack/web/slack-logger.js';
import { freePort } from '../builders/free-port.js';

const SCOPES = [
  'chat:write',
  'channels:read',
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:write',
  'users:read',
  'files:read',
  'files:write',
  'pins:read',
  'pins:write',
];

/** Against a Slack that somebody else wrote: do our calls and our reading of its refusals agree with it? */
describe('The room of an incident in Slack', () => {
  let emulator: Emulator;
  let client: SlackClient;
  let other: SlackClient;
  let room: SlackIncidentRoom;
  let card: { channel: string; ts: string } | null;

  beforeAll(async () => {
    const port = await freePort();
    emulator = await createEmulator({
      service: 'slack',
      port,
      seed: {
        tokens: {
          'xoxb-room': { login: 'quartermaster', scopes: SCOPES },
          'xoxb-other': { login: 'other', scopes: SCOPES },
        },
        slack: {
          team: { name: 'Test', domain: 'test' },
          users: [{ name: 'ada', email: 'ada@quartermaster.test' }, { name: 'quartermaster' }, { name: 'other' }],
          channels: [{ name: 'incidents' }],
        },
      },
    });
    const connect = (botToken: string): SlackClient =>
      new SlackClient({ botToken, apiUrl: `${emulator.url}/api/` }, new Metrics(), slackLogger(Logger.silent()));
    client = connect('xoxb-room');
    const gateway = new SlackGateway(client, new ChannelBook(client, new SystemClock()), new Redactor());
    const places = { find: async () => card } as unknown as CardPlaces;
    room = new SlackIncidentRoom(gateway, places, {
      channels: { audit: 'audit', requests: 'general', incidents: 'incidents' },
    });
    other = connect('xoxb-other');
  });
  afterAll(() => emulator.close());

  it('is made once: repeated, its own channel is adopted', async () => {
    const first = await room.create('inc-20261123-orders-7k3m9q2x');
    expect(first).toEqual({ channelId: expect.stringMatching(/^C/), name: 'inc-20261123-orders-7k3m9q2x', own: true });
    expect(await room.create('inc-20261123-orders-7k3m9q2x')).toEqual(first);
  });

  it('is refused when the name is somebody else’s', async () => {
    await other.conversations.create({ name: 'inc-20261123-theirs-00000000' });
    await expect(room.create('inc-20261123-theirs-00000000')).rejects.toBeInstanceOf(RoomRefused);
  });

  it('takes a topic, people (again too), and says who could not come', async () => {
    const { channelId } = await room.create('inc-20261123-people-00000000');
    await room.setTopic(channelId, 'Incident: people');
    const { members } = await client.users.list({});
    const ada = members?.find(({ name }) => name === 'ada')?.id ?? '';
    expect(await room.invite(channelId, [ada])).toEqual({ missing: [] });
    expect(await room.invite(channelId, [ada, 'U0NOBODY'])).toEqual({ missing: ['U0NOBODY'] });
    const { channel } = await client.conversations.info({ channel: channelId });
    expect(channel?.topic?.value).toBe('Incident: people');
  });

  it('pins the card once it is posted, and again without harm', async () => {
    const { channelId } = await room.create('inc-20261123-pins-00000000');
    card = null;
    await expect(room.pinCard('inc-00000000')).rejects.toThrow('not been posted yet');
    const { ts } = await client.chat.postMessage({ channel: channelId, text: 'the card' });
    card = { channel: channelId, ts: ts ?? '' };
    await room.pinCard('inc-00000000');
    await room.pinCard('inc-00000000');
    const { items } = await client.pins.list({ channel: channelId });
    expect(items).toHaveLength(1);
  });

  it('takes the postmortem once', async () => {
    const { channelId } = await room.create('inc-20261123-files-00000000');
    const file = {
      channelId,
      name: 'postmortem-inc-00000000.md',
      title: 'Postmortem',
      text: '# Größe\n',
      comment: 'Here.',
    };
    await room.upload(file);
    await room.upload(file);
    const { files } = await client.files.list({ channel: channelId });
    expect(files?.map(({ name }) => name)).toEqual(['postmortem-inc-00000000.md']);
  });

  it('falls back to the incidents channel by its id', async () => {
    const { channels } = await client.conversations.list({});
    const incidents = channels?.find(({ name }) => name === 'incidents')?.id;
    expect(await room.fallback()).toEqual({ channelId: incidents, name: 'incidents', own: false });
  });
});
