import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const ITEM = `
name: canary
title: Canary
summary: Asks a person before it goes on.
version: 1.0.0
owner: platform
environments: [development]
parameters:
  required: [name]
  properties:
    name: { type: string, title: Name, pattern: '^[a-z]+$', default: shop }
lease: { defaultHours: 4, maxHours: 24, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: canary, title: 'Canary \${{ params.name }}' }
steps:
  - name: built
    title: Build
    action: wait:event
    with: { name: 'build-\${{ params.name }}', when: event.body.green == true }
    timeoutSeconds: 120
  - name: looked
    title: Look at it
    action: wait:confirmation
    with: { question: 'Does \${{ params.name }} look well?', of: { team: '\${{ request.team }}' } }
    timeoutSeconds: 120
outputs:
  confirmedBy: \${{ steps.looked.output.confirmedBy }}
`;
const TOKEN = 'a-token-for-events-of-tests';
const TEAM = '#team-payments';

describe('a step that waits, in front of Slack', () => {
  let bot: BotOnPlayground;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qm-canary-'));
    await cp('catalog', folder, { recursive: true });
    await writeFile(join(folder, 'items/canary.yaml'), ITEM);
    bot = await BotOnPlayground.start('http', { CATALOG_DIR: folder, EVENTS_TOKEN: TOKEN });
  });
  afterAll(async () => {
    await bot.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes on with an event, then asks the team, whose first answer counts', async () => {
    const [ada, sam] = [await bot.person('ada'), await bot.person('lea')];
    await ada.slash('/qm request canary', TEAM);
    await ada.waitForModal('Canary');
    await ada.submit();
    await ada.waitForModal('The plan');
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    await ada.submit();
    await ada.waitForMessage(TEAM, 'Waiting for the event build-shop');
    const told = await fetch(`${bot.url}/events/build-shop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ green: true }),
    });
    expect(told.status).toBe(202);
    const question = await ada.waitForMessage(TEAM, 'waits for your word');
    expect(wholeText(question)).toContain('Does shop look well?');
    expect(await sam.click('Confirm', question)).toMatchObject({ ok: true });
    await ada.waitForMessage(TEAM, 'confirmed by');
    const answered = await ada.waitFor(
      (me) => me.messages(TEAM).find(({ ts, text }) => ts === question.ts && text.includes('confirmed by')),
      'the question answered in place',
    );
    expect(JSON.stringify(answered.blocks)).not.toContain('confirmation_confirm');
    await ada.waitFor((me) => me.messages(TEAM).find(({ text }) => /^Ready.*Canary/.test(text)), 'the card ready');
  });
});
