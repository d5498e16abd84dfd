import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { Newcomer } from '../builders/newcomer.js';
import { launchBrowser } from './browser.js';

const PAGE = join(import.meta.dirname, '../../dist/playground-ui');

describe('a form of several pages, with eyes and a mouse', () => {
  let browser: Browser;
  let bot: BotOnPlayground;
  let ada: Newcomer;

  beforeAll(async () => {
    [browser, bot] = await Promise.all([launchBrowser(), BotOnPlayground.start('http', {}, PAGE)]);
    const context = await browser.newContext({ viewport: { width: 1360, height: 980 }, timezoneId: 'Europe/London' });
    const page = await context.newPage();
    await page.goto(bot.playground.url);
    ada = new Newcomer(page, context);
    await ada.goTo('team-payments');
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await bot.stop();
  }, 60_000);
  afterEach(() => ada.shot('form-end-of-step').catch(() => undefined));

  const field = (label: string) =>
    ada
      .modal()
      .locator('.block.input')
      .filter({ has: ada.page.getByText(new RegExp(`^${label}( \\(optional\\))?$`)) });
  const pageNumber = (n: number) =>
    ada
      .modal()
      .getByText(new RegExp(`^Page ${n} of`))
      .waitFor();
  const tick = (label: string, option: string) => field(label).locator('label').filter({ hasText: option }).click();

  it('shows what depends on a choice at once, and what follows from it', async () => {
    await ada.say('/qm request service-profile');
    await ada.modal().waitFor();
    await ada.shot('form-first-page');
    await field('Name').locator('input').fill('checkout');
    await field('Handle').locator('input[value="payments-checkout-development"]').waitFor();
    await tick('Kind', 'Web service');
    await field('Path').waitFor();
    await ada.shot('form-web');
    await tick('Kind', 'Worker');
    await field('Queue').waitFor();
    expect(await field('Path').count()).toBe(0);
    await ada.shot('form-worker');
    await tick('Kind', 'Web service');
    await field('Path').waitFor();
  });

  it('goes from page to page, says at the field what is wrong, and keeps everything', async () => {
    await field('Path').locator('input').fill('shop');
    await ada.submit();
    await ada.modal().getByText('begin with a slash').waitFor();
    await ada.shot('form-error');
    await field('Path').locator('input').fill('/shop');
    await ada.submit();
    await pageNumber(2);
    await field('Launch day').locator('input').fill('2027-01-15');
    await field('With a rehearsal').waitFor();
    await field('No changes before').locator('input').fill('2026-12-24T10:00');
    await ada.shot('form-second-page');
    await ada.submit();
    await pageNumber(3);
    await tick('Backups', 'Yes, on a page of its own');
    await tick('Firewall rules', 'Yes, each on a page of its own');
    await field('Labels').locator('textarea').fill('tier=gold\n\nnonsense');
    await ada.submit();
    await ada.modal().getByText('Line 3').waitFor();
    await ada.shot('form-line-error');
    await field('Labels').locator('textarea').fill('tier=gold');
    await ada.submit();
    await pageNumber(4);
    await tick('Reachable from', 'The internet');
    await field('Host name').waitFor();
    await field('Host name').locator('input').fill('shop.example.com');
    await ada.choose((await field('Reviewed by').getAttribute('data-block-id')) ?? '', /Lea/);
    await ada.shot('form-nested');
    await ada.submit();
    await pageNumber(5);
    await ada.shot('form-backups');
    await ada.submit();
    await pageNumber(6);
    await field('Port').locator('input').fill('80');
    await field('Sources').locator('textarea').fill('192.0.2.1');
    await ada.shot('form-entry');
    await ada.press(ada.modal(), 'Add another');
    await ada.modal().getByText('Firewall rules 2 of 2').waitFor();
    await tick('Protocol', 'UDP');
    await field('Idle time').waitFor();
    await ada.shot('form-second-entry');
    await ada.press(ada.modal(), 'Remove number 2');
    await pageNumber(6);
    expect(await field('Port').locator('input').inputValue()).toBe('80');
    await ada.submit();
    await pageNumber(7);
    await ada.shot('form-last-page');
    await ada.press(ada.modal(), /^Back to the page/);
    await pageNumber(6);
    await ada.submit();
    await pageNumber(7);
    await ada.submit();
    await ada.modal().getByText('What will happen').waitFor();
    await ada.shot('form-plan');
  });
});
