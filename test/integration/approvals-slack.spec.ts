import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { PlaygroundMessage } from '../../src/playground/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const ONE_LEAD = 'approval: { count: 1, from: { relation: lead }, expiresAfterHours: 24 }';
/** A lead of the team first, then security and the item's owners, for demo services called "chain-…" in staging. */
const CHAIN = `approval:
      stages:
        - all: [{ from: { relation: lead } }]
        - all: [{ from: { role: security-reviewer } }, { from: { itemOwners: true } }]
      remindAfterHours: 4
      escalateTo: { role: platform-engineer }
      escalateAfterHours: 8`;

describe('approvals in front of Slack, by several people', () => {
  let bot: BotOnPlayground;
  let folder: string;
  let people: Record<'ada' | 'ben' | 'lea' | 'sam' | 'oli' | 'pia', SlackPerson>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-approvals-'));
    await cp('catalog', folder, { recursive: true });
    const file = join(folder, 'access.yaml');
    const source = await readFile(file, 'utf8');
    const needing = `  - id: staging-needs-a-chain
    can: [request]
    who: [{ relation: member }]
    environments: [staging]
    effect: needs-approval
    ${CHAIN}
    message: Staging is precious here.
`;
    if (!source.includes(ONE_LEAD)) throw new Error('The shipped rules ask for production otherwise than expected.');
    await writeFile(file, source.replace('rules:\n', `rules:\n${needing}`));
    bot = await BotOnPlayground.start('http', { CATALOG_DIR: folder });
    const [ada, ben, lea, sam, oli, pia] = await Promise.all(
      ['ada', 'ben', 'lea', 'sam', 'oli', 'pia'].map((name) => bot.person(name)),
    );
    people = { ada: ada!, ben: ben!, lea: lea!, sam: sam!, oli: oli!, pia: pia! };
  });
  afterAll(async () => {
    await bot.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const accepted = (answer: { ok: boolean }): void => {
    expect(answer).toEqual({ ...answer, ok: true });
  };
  async function sends(who: SlackPerson, name: string, environment: string): Promise<void> {
    await who.waitForModal('Demo service');
    await who.fill({ 'param:name': name, environment });
    accepted(await who.submit());
    await who.waitForModal('The plan');
    await who.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    accepted(await who.submit());
    await who.waitFor((me) => me.modal() === undefined, 'the modal closed');
  }
  async function requests(who: SlackPerson, name: string, environment: string): Promise<void> {
    accepted(await who.slash('/qm request demo-service', TEAM));
    await sends(who, name, environment);
  }
  const shows = (message: PlaygroundMessage, ...parts: (string | RegExp)[]): boolean =>
    parts.every((part) =>
      typeof part === 'string' ? wholeText(message).includes(part) : part.test(wholeText(message)),
    );
  const find =
    (channel: (me: SlackPerson) => string, ...parts: (string | RegExp)[]) =>
    (me: SlackPerson): PlaygroundMessage | undefined =>
      me.messages(channel(me)).find((message) => message.ephemeralTo === undefined && shows(message, ...parts));
  const inChannel = (...parts: (string | RegExp)[]) => find(() => '#approvals', ...parts);
  const inDirect = (...parts: (string | RegExp)[]) => find((me) => me.botDm()?.id ?? '', ...parts);
  const told = (who: SlackPerson, part: string | RegExp) =>
    who.waitFor(
      (me) =>
        Object.values(me.screen.messages)
          .flat()
          .find((message) => message.ephemeralTo === me.id && shows(message, part)),
      `to be told ${String(part)}`,
    );
  const buttonsOf = (message: PlaygroundMessage): string[] =>
    [...JSON.stringify(message.blocks).matchAll(/"action_id":"([^"]+)"/g)].map(([, id]) => id ?? '');

  it('goes through stages, with every copy in step, and nobody counted who may not', async () => {
    const { ada, ben, lea, sam, oli, pia } = people;
    await requests(ada, 'chain-one', 'staging');
    const card = await ada.waitFor(inChannel('Approval wanted', 'chain-one'), 'the card');
    expect(
      shows(card, 'Stage 1 of 2* · is asked now', 'still 1 of 1: <@' + lea.id, 'comes later', 'asked for it'),
    ).toBe(true);
    const copy = await lea.waitFor(inDirect('Approval wanted', 'chain-one'), 'her copy');
    expect(sam.messages(sam.botDm()?.id ?? '').some((message) => shows(message, 'chain-one'))).toBe(false);

    await Promise.all([
      ada.react(card, 'white_check_mark'),
      ben.react(card, '+1'),
      sam.react(card, 'heavy_check_mark'),
    ]);
    await ada.waitFor(inChannel('chain-one', /Doesn’t count:.*is asked in stage 2/), 'who does not count');
    accepted(await ben.click('Approve', card));
    await told(ben, 'Your vote does not count here');

    accepted(await lea.click('Approve with a note…', copy));
    await lea.waitForModal('Approve');
    await lea.fill({ reason: 'Looks <!channel> right' });
    accepted(await lea.submit());
    // Sam’s reaction was early, and is counted now that her stage begins.
    await ada.waitFor(inChannel('chain-one', 'Stage 1 of 2* · complete', 'Looks &lt;!channel&gt; right'), 'stage 2');
    const done = await lea.waitFor(inDirect('chain-one', 'You have approved this.'), 'her copy as voted');
    expect(buttonsOf(done)).toEqual(['approval_take_back', 'approval_deny']);
    const [forOli, forPia] = [
      await oli.waitFor(inDirect('chain-one'), 'the copy of Oli'),
      await pia.waitFor(inDirect('chain-one'), 'the copy of Pia'),
    ];
    const bySam = new RegExp(`✅ 1 security reviewer · ✅ <@${sam.id}>`);
    await ada.waitFor(inChannel('chain-one', bySam), 'the vote of Sam');
    await sam.unreact(card, 'heavy_check_mark');
    await ada.waitFor(inChannel('chain-one', /⏳ 1 security reviewer · still 1/), 'the vote of Sam withdrawn');
    await sam.react(card, '+1::skin-tone-4');
    await ada.waitFor(inChannel('chain-one', bySam), 'the vote of Sam again');
    await Promise.all([oli.click('Approve', forOli), pia.click('Approve', forPia)]);

    for (const [who, look] of [
      [ada, inChannel(/^Approved/, 'chain-one')],
      [lea, inDirect(/^Approved/, 'chain-one')],
      [oli, inDirect(/^Approved/, 'chain-one')],
      [pia, inDirect(/^Approved/, 'chain-one')],
    ] as const)
      expect(buttonsOf(await who.waitFor(look, 'every copy settled'))).toEqual([]);
    await ada.waitFor(
      find(() => TEAM, /^Ready/, 'chain-one'),
      'the service',
    );
  });

  it('is withdrawn until it is decided, by taking the reaction off or the vote back', async () => {
    const { ada, lea, sam, pia } = people;
    await requests(ada, 'chain-two', 'staging');
    const card = await lea.waitFor(inChannel('chain-two'), 'the card');
    await lea.react(card, 'heavy_check_mark');
    await sam.waitFor(inChannel('chain-two', 'Stage 1 of 2* · complete'), 'stage 2');
    await lea.unreact(card, 'heavy_check_mark');
    await sam.waitFor(inChannel('chain-two', 'Stage 1 of 2* · is asked now'), 'stage 1 again');
    await lea.react(card, 'white_check_mark::skin-tone-2');
    const copy = await pia.waitFor(inDirect('chain-two', /still 1 of 1/, 'Stage 1 of 2* · complete'), 'a copy');
    accepted(await pia.click('Approve', copy));
    accepted(
      await pia.click(
        'Take my vote back',
        await pia.waitFor(inDirect('chain-two', 'You have approved this.'), 'voted'),
      ),
    );
    await pia.waitFor(inDirect('chain-two', /⏳ 1 member of Platform · still 1/), 'taken back');
    await sam.openHome();
    await sam.waitFor(
      (me) => me.home() !== null && JSON.stringify(me.home()?.blocks).includes('approval_deny'),
      'her Home',
    );
    await sam.react(card, 'x');
    await ada.waitFor(inChannel(/^Denied/, 'chain-two'), 'the denial');
    await sam.waitFor((me) => !JSON.stringify(me.home()?.blocks).includes('approval_deny'), 'a Home without it');
  });

  it('is changed and asked again after a denial, with everything that was typed', async () => {
    const { ada, ben, lea } = people;
    await requests(ada, 'denied-one', 'production');
    const card = await lea.waitFor(inChannel('Approval wanted', 'denied-one'), 'the card');
    accepted(await lea.click('Deny…', card));
    await lea.waitForModal('Deny');
    await lea.fill({ reason: 'Call it otherwise.' });
    accepted(await lea.submit());
    const denied = await ada.waitFor(
      find(() => TEAM, /^Denied/, 'denied-one'),
      'the denial',
    );
    accepted(await ben.click('Change and ask again…', denied));
    await told(ben, 'Only who asked for it can change it');
    accepted(await ada.click('Change and ask again…', denied));
    const form = await ada.waitForModal('Demo service');
    expect(JSON.stringify(form.blocks)).toContain('"initial_value":"denied-one"');
    expect(wholeText(form)).toContain('Call it otherwise.');
    await sends(ada, 'renamed-one', 'production');
    const again = await lea.waitFor(inChannel('Approval wanted', 'renamed-one'), 'the second card');
    accepted(await lea.click('Approve', again));
    await ada.waitFor(
      find(() => TEAM, /^Ready/, 'renamed-one'),
      'the service',
    );
  });

  it('is asked anew when the arguments change: votes are void, and the cards say so', async () => {
    const { ada, ben, lea, sam } = people;
    await requests(ada, 'changing-one', 'staging');
    const card = await lea.waitFor(inChannel('Approval wanted', 'changing-one'), 'the card');
    await lea.react(card, 'white_check_mark');
    await sam.waitFor(inChannel('changing-one', 'Stage 1 of 2* · complete'), 'the vote of Lea');
    const copy = await sam.waitFor(inDirect('Approval wanted', 'changing-one'), 'the copy of Sam');
    const mine = await ada.waitFor(
      find(() => TEAM, 'Waiting for approval', 'changing-one'),
      'her card',
    );
    accepted(await ben.click('Change…', mine));
    await told(ben, 'Only who asked for it can change it');
    accepted(await ada.click('Change…', mine));
    expect(wholeText(await ada.waitForModal('Demo service'))).toContain('votes on it are void');
    await sends(ada, 'changed-one', 'staging');
    const again = await lea.waitFor(
      inChannel(
        'Approval wanted',
        'The arguments changed',
        `What <@${lea.id}> voted there is void`,
        '• Name: `changing-one` → `changed-one`',
      ),
      'the new card, saying so',
    );
    await sam.waitFor(inChannel(/^Withdrawn/, 'what was voted here is void'), 'the old card, saying so');
    await ada.waitFor(
      find(() => TEAM, /^Cancelled/, 'It was changed before anything was made'),
      'her old card, saying so',
    );
    // The old card, its reactions and a copy that is still on a screen do nothing.
    await lea.unreact(card, 'white_check_mark');
    await lea.react(card, '+1');
    await sam.click('Approve', copy).catch(() => undefined);
    expect(
      shows(await lea.waitFor(inChannel('Approval wanted', 'changed-one'), 'it'), 'Stage 1 of 2* · is asked now'),
    ).toBe(true);
    accepted(await lea.click('Approve', again));
    const stage2 = await sam.waitFor(inDirect('Approval wanted', 'changed-one'), 'the new copy of Sam');
    expect(shows(stage2, 'Stage 1 of 2* · complete')).toBe(true);
    accepted(
      await ada.click(
        'Cancel request',
        await ada.waitFor(
          find(() => TEAM, 'Waiting for approval', 'changed-one'),
          'her card',
        ),
      ),
    );
    await sam.waitFor(inDirect(/^Withdrawn/, 'changed-one'), 'the copy as withdrawn');
  });

  it('is decided by a stand-in while somebody is away, and says so', async () => {
    const { ada, ben, lea } = people;
    await lea.slash('/qm away until soon', TEAM);
    await told(lea, 'I don’t understand that time');
    await lea.slash(`/qm away until tomorrow to <@${ben.id}>`, TEAM);
    await told(lea, `<@${ben.id}> stands in`);
    await ben.waitFor(inDirect(`<@${lea.id}> is away`), 'to hear that he stands in');
    await requests(ada, 'away-one', 'production');
    const copy = await ben.waitFor(inDirect('Approval wanted', 'away-one', `<@${ben.id}> stands in`), 'his copy');
    accepted(await ben.click('Approve', copy));
    await ada.waitFor(inChannel(/^Approved/, 'away-one', `<@${ben.id}> for <@${lea.id}>, who is away`), 'the decision');
    await lea.slash('/qm away back', TEAM);
    await told(lea, 'Welcome back');
  });

  it('lets similar ones through for a day, says so on their cards, and is revoked from a list', async () => {
    const { ada, ben, lea } = people;
    await requests(ada, 'similar-one', 'production');
    const card = await lea.waitFor(inChannel('Approval wanted', 'similar-one'), 'the card');
    accepted(await ben.click('Approve similar for 24 h…', card));
    await told(ben, 'Nothing was changed');
    accepted(await lea.click('Approve similar for 24 h…', card));
    await lea.waitForModal('Approve similar');
    await lea.fill({ count: 2 });
    accepted(await lea.submit());
    await lea.waitFor(inDirect('Similar ones are approved until'), 'to hear of it');
    await requests(ada, 'similar-two', 'production');
    await ada.waitFor(inChannel(/^Approved/, 'similar-two', 'similar to another'), 'let through');
    await ada.waitFor(
      find(() => TEAM, /^Ready/, 'similar-two', 'similar to another'),
      'its own card, saying so',
    );
    await lea.waitFor(inDirect('similar to what you approved', '1 of 2'), 'to hear of its use');
    await lea.slash('/qm approvals', TEAM);
    const list = await told(lea, 'Approved beforehand');
    accepted(await lea.click('Revoke', list));
    await told(lea, 'is revoked; it was used 1 time');
    await requests(ada, 'similar-three', 'production');
    await lea.waitFor(inChannel('Approval wanted', 'similar-three'), 'a card that waits again');
  });

  it('is reminded of, then escalated: the card and a copy of their own say who may agree by now', async () => {
    const { ada, lea, pia } = people;
    await requests(ada, 'slow-one', 'staging');
    await lea.waitFor(inChannel('Approval wanted', 'slow-one'), 'the card');
    const hoursPass = (hours: number) =>
      bot.database.transactions.query(
        `update approvals set created_at = created_at - $1::interval, stage_since = stage_since - $1::interval,
           expires_at = expires_at - $1::interval, remind_at = remind_at - $1::interval, escalate_at = escalate_at - $1::interval
         where title like '%slow-one%' and state = 'waiting'`,
        [`${hours} hours`],
      );
    await hoursPass(5);
    await lea.waitFor(inDirect('slow-one', 'still waits for your vote'), 'to be reminded');
    expect(pia.messages(pia.botDm()?.id ?? '').some((message) => shows(message, 'slow-one'))).toBe(false);
    await hoursPass(4);
    await ada.waitFor(
      inChannel('slow-one', /⏳ 1 lead of Payments.*⏫ by now also 1 platform engineer/),
      'the card, saying so',
    );
    const copy = await pia.waitFor(inDirect('Approval wanted', 'slow-one'), 'the copy of Pia');
    accepted(await pia.click('Approve', copy));
    await ada.waitFor(
      inChannel('slow-one', 'Stage 1 of 2* · complete', `✅ <@${pia.id}>`),
      'her vote in place of a lead',
    );
    accepted(
      await ada.click(
        'Cancel request',
        await ada.waitFor(
          find(() => TEAM, 'Waiting for approval', 'slow-one'),
          'her card',
        ),
      ),
    );
    await pia.waitFor(inDirect(/^Withdrawn/, 'slow-one'), 'her copy as withdrawn');
  });

  // The last one: Lea does not come back.
  it('says at once that somebody who voted has left, and that nobody is there who may', async () => {
    const { ada, lea, sam } = people;
    await requests(ada, 'left-one', 'staging');
    accepted(await lea.click('Approve', await lea.waitFor(inChannel('Approval wanted', 'left-one'), 'the card')));
    await sam.waitFor(inDirect('left-one', 'Stage 1 of 2* · complete'), 'stage 2');
    await bot.control('deactivate', { user: lea.id });
    await ada.waitFor(
      inChannel(
        'left-one',
        'Stage 1 of 2* · is asked now',
        `<@${lea.id}> (voted, but may not vote here any more)`,
        'nobody is left who may',
      ),
      'the card, saying so',
    );
    const copy = await sam.waitFor(inDirect('left-one', 'You are not asked at the moment.'), 'her copy to follow');
    expect(buttonsOf(copy)).toEqual([]);
  });
});
