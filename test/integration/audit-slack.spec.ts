import { join } from 'node:path';
import { jest } from '@jest/globals';
import { CheckpointSink, Checkpoints, SigningKey } from '../../src/audit/index.js';
import { Changes } from '../../src/platform/changes/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(120_000);

const HERE = '#general';

describe('the audit trail in Slack', () => {
  let bot: BotOnPlayground;
  let sam: SlackPerson;
  let checkpoints: Checkpoints;

  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    sam = await bot.person('sam');
    const key = await SigningKey.loadExisting({ file: join(bot.folder, 'audit-signing.key') });
    const sink = new CheckpointSink(join(bot.folder, 'audit-checkpoints.jsonl'));
    checkpoints = new Checkpoints(bot.database.transactions, new Changes(), key, sink);
    const ada = await bot.person('ada');
    await ada.slash('/qm explain postgres-database as lea@example.com', HERE);
    await ada.slash('/qm incident declare', HERE);
    await ada.waitForModal();
    await ada.fill({ title: 'Slow *checkout* <!channel>' });
    await ada.submit();
    await ada.waitForMessage('#audit', 'declared');
  });
  afterAll(async () => {
    await bot.stop();
  });

  async function asks(person: SlackPerson, text: string, expected: RegExp): Promise<string> {
    const seen = new Set(person.messages(HERE).map(({ ts }) => ts));
    await person.slash(text, HERE);
    const answer = await person.waitFor(
      (me) => me.messages(HERE).find((message) => !seen.has(message.ts) && expected.test(wholeText(message))),
      `an answer like ${String(expected)}`,
    );
    return wholeText(answer);
  }

  it('is for auditors; others get the rule’s own words', async () => {
    const words = await asks(await bot.person('ben'), '/qm audit', /./);
    expect(words).toMatch(/audit/i);
    expect(words).not.toContain('incident');
  });

  it('says that no checkpoint is in the channel yet, and a page of everything', async () => {
    expect(await asks(sam, '/qm audit verify', /whole/)).toContain('No checkpoint is in #audit yet.');
    const page = await asks(sam, '/qm audit', /The trail of everything/);
    expect(page).toContain('declared');
    expect(page).not.toContain('<!channel>');
    expect(await asks(sam, '/qm audit res-00000000', /holds nothing/)).toContain('res-00000000');
  });

  it('shows one subject’s trail', async () => {
    const [incident] = await bot.database.transactions.query<{ id: string }>('select id from incidents');
    const page = await asks(sam, `/qm audit \`${incident!.id}\``, /The trail of/);
    expect(page).toContain(incident!.id);
    expect(page).toContain('That is where it begins.');
  });

  it('posts a checkpoint with its digest, readable, and not again when nothing happened', async () => {
    await checkpoints.tick(0, 0);
    const [signed] = await bot.database.transactions.query<{ number: string; hash: string }>(
      'select number, hash from audit_checkpoints where posted order by number desc limit 1',
    );
    const line = await sam.waitForMessage('#audit', `Checkpoint ${signed!.number}:`);
    expect(wholeText(line)).toContain(`sha256:${signed!.hash}`);
    await checkpoints.tick(0);
    const [again] = await bot.database.transactions.query<{ posted: boolean }>(
      'select posted from audit_checkpoints order by number desc limit 1',
    );
    expect(again).toEqual({ posted: false });
    expect(await asks(sam, '/qm audit verify', /whole/)).toContain(`The newest in #audit is ${signed!.number}`);
  });

  it('sees what was rewritten by who has the database and the signing key, but not the channel', async () => {
    await checkpoints.tick(0, 0);
    const posted = await sam.waitForMessage('#audit', /Checkpoint \d+:/);
    const number = Number(/Checkpoint (\d+):/.exec(wholeText(posted))?.[1]);
    const tamper = (sql: string): Promise<unknown> =>
      bot.database.transactions.run(async (tx) => {
        await tx.query('alter table audit_checkpoints disable trigger all');
        await tx.query(sql);
        await tx.query('alter table audit_checkpoints enable always trigger audit_checkpoints_no_change');
      });
    await tamper(
      `create table kept as select * from audit_checkpoints; delete from audit_checkpoints where number >= ${number}`,
    );
    const words = await asks(sam, '/qm audit verify', /does not hold/);
    expect(words).toMatch(/is in (the second sink|the audit channel), but gone from the database/);
    expect(words).toContain('is in the audit channel, but gone');
    await tamper('delete from audit_checkpoints; insert into audit_checkpoints select * from kept');
    expect(await asks(sam, '/qm audit verify', /is whole/)).toContain('the same here');
  });

  it('goes further back by a button', async () => {
    for (let n = 0; n < 8; n += 1) await asks(sam, '/qm audit verify', /is whole/);
    for (let n = 0; n < 8; n += 1) await asks(sam, '/qm audit verify', /is whole/);
    await asks(sam, '/qm audit', /The trail of everything/);
    const page = sam
      .messages(HERE)
      .filter((message) => wholeText(message).includes('The trail of everything'))
      .at(-1)!;
    expect(await sam.click('Older', page)).toMatchObject({ ok: true });
    const older = await sam.waitFor(
      (me) =>
        me
          .messages(HERE)
          .find((message) => message.ts > page.ts && wholeText(message).includes('That is where it begins.')),
      'the first page of the trail',
    );
    expect(wholeText(older)).toContain('declared');
  });
});
