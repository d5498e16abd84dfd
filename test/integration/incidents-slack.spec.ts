import { jest } from '@jest/globals';
import { BotOnEmulator, type Name } from '../builders/bot-on-emulator.js';
import { type ProvisionedDatabase, provisionedDatabase } from '../builders/provisioned-database.js';

jest.setTimeout(60_000);

interface Shown {
  channel: string;
  ts: string;
  json: string;
  controls: { action_id: string; value?: string; text?: { text: string }; options?: { value: string }[] }[];
}

/** The newcomer's incident, click by click, over signed HTTP, on a Slack that somebody else wrote. */
describe('An incident in Slack', () => {
  let bot: BotOnEmulator;
  let target: ProvisionedDatabase;
  let channel: string;

  beforeAll(async () => {
    bot = await BotOnEmulator.start(['general', 'incidents', 'audit', 'approvals']);
    target = await provisionedDatabase(bot.nest, bot.database, bot.id('ada'));
  });
  afterAll(async () => {
    await bot.stop();
    await target.drop();
  });

  async function messages(place: string): Promise<Shown[]> {
    const { messages: found } = await bot.slack.conversations.history({ channel: place, limit: 100 });
    return (found ?? []).map((message) => {
      const blocks = (message.blocks ?? []) as {
        elements?: Shown['controls'];
        accessory?: Shown['controls'][number];
      }[];
      return {
        channel: place,
        ts: message.ts ?? '',
        json: JSON.stringify(message),
        controls: blocks.flatMap(({ elements = [], accessory }) => [
          ...elements,
          ...(accessory === undefined ? [] : [accessory]),
        ]),
      };
    });
  }

  const shown = (text: string, place = channel): Promise<Shown> =>
    bot.until(async () => (await messages(place)).find(({ json }) => json.includes(text)));

  /** Presses the button of a step, as the newest playbook card shows it. */
  async function press(by: Name, stepName: string, label: string): Promise<void> {
    const { card, control } = await bot.until(async () => {
      const found = (await messages(channel)).find(({ json }) => json.includes('Playbook: Too many connections'));
      const wanted = found?.controls.find(
        ({ value, text }) => value?.split('/')[1] === stepName && text?.text === label,
      );
      return found !== undefined && wanted !== undefined && { card: found, control: wanted };
    });
    await bot.click(by, card, { action_id: control.action_id, value: control.value });
  }

  const playbookShows = (text: string): Promise<Shown> =>
    bot.until(async () =>
      (await messages(channel)).find(
        ({ json }) => json.includes('Playbook: Too many connections') && json.includes(text),
      ),
    );

  it('is declared from the form, twice sent and once made, with a pinned card and its playbook', async () => {
    const values = {
      title: { title: { value: 'Orders refuses connections' } },
      severity: { severity: { selected_option: { value: 'sev1' } } },
      resource: { incident_resource_options: { selected_option: { value: target.resourceId } } },
      description: { description: { value: 'too many connections' } },
    };
    for (const _ of [1, 2]) await bot.submit('ben', { id: 'V0DECLARE', callback_id: 'incident_declare', values });
    channel = await bot.until(async () => {
      const { channels } = await bot.slack.conversations.list({ limit: 100 });
      return channels?.find(({ name }) => name?.includes('orders-refuses-connections'))?.id;
    });
    await bot.until(async () => {
      const { items } = await bot.slack.pins.list({ channel });
      return items?.length === 1;
    });
    await shown('0 of 8 steps');
    const { members } = await bot.slack.conversations.members({ channel });
    expect(members).toEqual(expect.arrayContaining([bot.id('ben'), bot.id('oli'), bot.id('ada')]));
    const { channels } = await bot.slack.conversations.list({ limit: 100 });
    expect(channels?.filter(({ name }) => name?.startsWith('inc-'))).toHaveLength(1);
    const incidents = channels?.find(({ name }) => name === 'incidents')?.id ?? '';
    await shown('Orders refuses connections', incidents);
  });

  it('walks its playbook by buttons: a check, a look, and an act that a lead approves by reaction', async () => {
    await press('oli', 'symptom', 'Mark done');
    await playbookShows('1 of 8 steps');
    await press('oli', 'connections', 'Run');
    await shown('of 20 connections in use');
    await press('oli', 'raiseLimit', 'Run');
    const approval = await shown('Approval wanted');
    await bot.react('ben', 'added', 'white_check_mark', approval);
    await bot.react('lea', 'added', 'white_check_mark', approval);
    await playbookShows('"Roll back"');
    expect(await target.connectionLimit()).toBe(60);
    await press('oli', 'raiseLimit', 'Roll back');
    await playbookShows('rolled back');
    expect(await target.connectionLimit()).toBe(20);
  });

  it('puts a pinned message on the timeline, from a thread too, and takes it off again', async () => {
    const { ts: parent = '' } = await bot.as('ben').chat.postMessage({ channel, text: 'what changed?' });
    const { ts = '' } = await bot
      .as('ben')
      .chat.postMessage({ channel, thread_ts: parent, text: 'we deployed &lt;v12&gt;' });
    await bot.react('oli', 'added', 'pushpin', { channel, ts });
    await bot.react('lea', 'added', 'pushpin', { channel, ts });
    const timeline = (): Promise<string> => bot.command('ada', channel, 'incident timeline');
    const pinned = await bot.until(async () => {
      const text = await timeline();
      return text.includes('we deployed') && text;
    });
    expect(pinned.match(/we deployed/g)).toHaveLength(1);
    expect(pinned).not.toContain('what changed');
    for (const name of ['oli', 'lea'] as const) await bot.react(name, 'removed', 'pushpin', { channel, ts });
    await bot.until(async () => !(await timeline()).includes('we deployed'));
    await bot.react('oli', 'added', 'pushpin', { channel, ts });
    await bot.until(async () => (await timeline()).includes('we deployed'));
  });

  it('answers its command', async () => {
    expect(await bot.command('ada', channel, 'incident status')).toContain('SEV1');
    expect(await bot.command('ada', channel, 'incident list')).toContain('Orders refuses connections');
    expect(await bot.command('ada', channel, 'incident severity sev2')).toContain('SEV2');
    expect(await bot.command('ada', channel, 'incident nonsense')).toContain('incident declare');
    expect(await bot.command('ada', 'C0ELSEWHERE', 'incident status')).toContain('belongs to no incident');
    await shown('SEV2 major');
  });

  it('changes command by a button', async () => {
    const card = await shown('"Take command"');
    const { value, action_id } = card.controls.find(({ text }) => text?.text === 'Take command')!;
    await bot.click('oli', card, { action_id, value });
    await bot.until(async () =>
      (await messages(channel)).some(({ json }) => json.includes(`*Commander*\\n<@${bot.id('oli')}>`)),
    );
  });

  it('is resolved with its postmortem in the channel', async () => {
    const card = await shown('"Take command"');
    const { value = '' } = card.controls.find(({ text }) => text?.text === 'Resolve')!;
    const values = { summary: { summary: { value: 'A pool was too large.' } } };
    await bot.submit('oli', { id: 'V0RESOLVE', callback_id: 'incident_resolve', private_metadata: value, values });
    await shown('is resolved');
    await shown(`postmortem-${value}.md`);
    const done = await shown('Resolved after');
    expect(done.json).not.toContain('"Take command"');
    const { files } = await bot.slack.files.list({ channel });
    expect(files).toHaveLength(1);
    // A click on what an old copy of the card still shows.
    await bot.click('ben', card, { action_id: 'incident_command', value });
    expect((await shown('Resolved after')).json).toContain(`*Commander*\\n<@${bot.id('oli')}>`);
  });
});
