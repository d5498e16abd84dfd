import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { Newcomer } from '../builders/newcomer.js';
import { launchBrowser } from './browser.js';

const PAGE = join(import.meta.dirname, '../../dist/playground-ui');

describe('the playground’s page', () => {
  let browser: Browser;
  let bot: BotOnPlayground;
  let ada: Newcomer;

  beforeAll(async () => {
    [browser, bot] = await Promise.all([launchBrowser(), BotOnPlayground.start('http', {}, PAGE)]);
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 } });
    const page = await context.newPage();
    await page.goto(bot.playground.url);
    ada = new Newcomer(page, context);
    await ada.goTo('team-payments');
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await bot.stop();
  }, 60_000);
  afterEach(() => ada.shot('page-end-of-step').catch(() => undefined));

  /** What axe finds that keeps people from using the page. */
  async function barriers(): Promise<string[]> {
    const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await ada.page.evaluate(source);
    const { violations, passes } = await ada.page.evaluate<AxeResults>('axe.run(document)');
    // It would prove nothing if axe had looked at nothing.
    expect(passes.length).toBeGreaterThan(10);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) =>
        nodes.map(
          ({ html, any }) => `${id}: ${help}: ${html.slice(0, 300)} ${any.map(({ message }) => message).join('; ')}`,
        ),
      );
  }

  it('has no barriers in a channel with the app’s messages', async () => {
    await ada.say('/qm');
    await ada.message(/request/i).waitFor();
    expect(await barriers()).toEqual([]);
  }, 60_000);

  it('has none in a modal', async () => {
    await ada.say('/qm request postgres-database');
    await ada.modal().waitFor();
    expect(await barriers()).toEqual([]);
    await ada.submit();
    await ada
      .modal()
      .getByText(/needed|required|Please/i)
      .first()
      .waitFor();
    expect(await barriers()).toEqual([]);
    await ada
      .modal()
      .getByRole('button', { name: /Close|Cancel/ })
      .first()
      .click();
  }, 60_000);

  it('has none in a thread, nor where one edits or chooses', async () => {
    await ada.say('First <b>words</b> & more');
    const own = ada.message('First <b>words</b> & more');
    await own.waitFor();
    await own.hover();
    await own.getByTestId('reply-in-thread').click();
    await ada.page.getByTestId('thread-composer').fill('A reply');
    await ada.page.getByTestId('thread-composer').press('Enter');
    await ada.page.getByTestId('thread').getByText('A reply').waitFor();
    expect(await barriers()).toEqual([]);
    await ada.page.getByRole('button', { name: 'Close thread' }).click();
    await own.hover();
    await own.getByTestId('more').click();
    expect(await barriers()).toEqual([]);
    await ada.page.getByRole('menuitem', { name: 'Edit message' }).click();
    expect(await ada.page.getByTestId('edit-message').inputValue()).toBe('First <b>words</b> & more');
    expect(await barriers()).toEqual([]);
    await ada.page.getByTestId('edit-message').fill('Better words');
    await ada.page.getByTestId('edit-message').press('Enter');
    await ada.message('Better words').getByText('(edited)').waitFor();
  }, 60_000);

  it('lets the keyboard move in a menu and leave it', async () => {
    const opener = ada.page.getByTestId('new-dm');
    await opener.focus();
    await ada.page.keyboard.press('ArrowDown');
    const items = ada.page.getByRole('menu', { name: 'New direct message' }).getByRole('menuitem');
    await items.first().waitFor();
    const focused = (): Promise<number> =>
      items.evaluateAll((all) => all.findIndex((item) => item === item.ownerDocument.activeElement));
    const count = await items.count();
    const seen = [await focused()];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'End', 'ArrowDown', 'ArrowUp', 'Home']) {
      await ada.page.keyboard.press(key);
      seen.push(await focused());
    }
    expect(seen).toEqual([0, 1, 2, 1, count - 1, 0, count - 1, 0]);
    await ada.page.keyboard.press('Escape');
    await items.first().waitFor({ state: 'detached' });
    expect(await opener.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);
  }, 60_000);

  it('begins a direct message, with a file', async () => {
    await ada.page.getByTestId('new-dm').click();
    expect(await barriers()).toEqual([]);
    await ada.page.locator('[data-dm=lea]').click();
    await ada.page.getByRole('heading', { name: /Lea/ }).waitFor();
    const file = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('What we said.') };
    await ada.page.getByTestId('attach').setInputFiles([file, { ...file, name: 'wrong.txt' }]);
    await ada.page.getByRole('button', { name: 'Remove wrong.txt' }).click();
    await ada.say('Here is what we said');
    const sent = ada.message('Here is what we said');
    await sent.locator('[data-file="notes.txt"]').waitFor();
    expect(await barriers()).toEqual([]);
    const address = (await sent.locator('[data-file="notes.txt"]').getAttribute('href')) ?? '';
    expect(await (await fetch(new URL(address, bot.playground.url))).text()).toBe('What we said.');
    expect(await ada.page.locator('[data-file="wrong.txt"]').count()).toBe(0);
    await ada.actAs('lea');
    await ada.page.locator('nav button').filter({ hasText: 'Ada' }).last().click();
    await ada.message('Here is what we said').locator('[data-file="notes.txt"]').waitFor();
  }, 60_000);

  it('has none in the App Home', async () => {
    await ada.page.getByTestId('app-home').click();
    await ada.page
      .getByTestId('home')
      .getByText(/My requests/)
      .first()
      .waitFor();
    expect(await barriers()).toEqual([]);
  }, 60_000);
});
