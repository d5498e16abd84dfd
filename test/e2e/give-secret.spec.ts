import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';
import { launchBrowser } from './browser.js';

const VALUE = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSj\n-----END KEY-----\n';

const ITEM = `
name: vault-door
title: Vault door
summary: Asks for a token and a key.
version: 1.0.0
owner: platform
environments: [development]
parameters:
  type: object
  required: [token]
  properties:
    token: { type: string, title: API token, writeOnly: true, minLength: 8, description: "From the carrier's console, under Access." }
    key: { type: string, title: Deploy key, writeOnly: true, x-multiline: true }
lease: { defaultHours: 4, maxHours: 24, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: vault-door, title: Vault door }
steps:
  - { name: show, title: Show, action: "demo:progress", with: { label: Opening, ticks: 1 } }
`;

describe('the one-time page on which a secret is given, in a browser', () => {
  let folder: string;
  let browser: Browser;
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-door-'));
    await cp('catalog', folder, { recursive: true });
    await writeFile(join(folder, 'items/vault-door.yaml'), ITEM);
    [browser, bot] = await Promise.all([launchBrowser(), BotOnPlayground.start('http', { CATALOG_DIR: folder })]);
    ada = await bot.person('ada');
    await ada.slash('/qm request vault-door', '#team-payments');
    await ada.waitForModal('Vault door');
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await bot.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  /** Kept for a look at them where a folder is named. */
  async function picture(name: string): Promise<void> {
    const to = process.env.QM_TEST_PICTURES;
    if (to !== undefined) await page.screenshot({ path: join(to, `give-secret-${name}.png`) });
  }

  async function open(button: string, look: 'light' | 'dark', width: number): Promise<void> {
    await ada.click(button);
    const modal = await ada.waitForModal('Give a secret');
    const url = /"url":"([^"]+)"/.exec(JSON.stringify(modal.blocks))?.[1] ?? '';
    const context = await browser.newContext({ viewport: { width, height: 720 }, colorScheme: look });
    page = await context.newPage();
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (said) => {
      if (said.type() === 'error') troubles.push(said.text());
    });
    await page.goto(url);
    await picture(`${look}-1`);
    await page.getByRole('button', { name: 'Continue' }).click();
    const number = await page.locator('.number').textContent();
    await picture(`${look}-2`);
    await ada.fill({ number: number ?? '' });
    await ada.submit();
  }

  const shown = (): string => wholeText(ada.modal() ?? { blocks: [] });

  it('takes a token, masked until one looks', async () => {
    await open('Give it', 'light', 900);
    const field = page.getByLabel('API token');
    await field.fill('short');
    expect(await field.getAttribute('type')).toBe('password');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByText('API token is too short: use at least 8 characters.').waitFor();
    await field.fill('long-enough-now');
    await page.getByRole('button', { name: 'Show what I typed' }).click();
    expect(await field.getAttribute('type')).toBe('text');
    await picture('light-3');
    await field.press('Enter');
    await page.getByRole('heading', { name: 'Kept' }).waitFor();
    await picture('light-4');
    await ada.waitFor(() => shown().includes('*API token*: •••• (given)'), 'that it was given');
    expect(await page.locator('input').count()).toBe(0);
    expect(troubles).toEqual([expect.stringContaining('422')]);
  });

  it('takes a key of several lines, on a narrow and dark page', async () => {
    // The token's says “Give another” by now.
    await open('Give it', 'dark', 380);
    const field = page.getByLabel('Deploy key');
    await field.fill(VALUE);
    await picture('dark-3');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('heading', { name: 'Kept' }).waitFor();
    await ada.waitFor(() => shown().includes('*Deploy key* (optional): •••• (given)'), 'that it was given');
    await page.reload();
    await page.getByText('A value was given here already').waitFor();
    await picture('dark-4');
  });
});
