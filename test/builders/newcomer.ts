import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, type Locator, type Page } from 'playwright-core';

const SHOTS = join(import.meta.dirname, '../e2e/screenshots/current');
const PATIENCE = 15_000;

/** What a newcomer does at the playground's page, with eyes and a mouse. Everything waits for what it wants to see. */
export class Newcomer {
  private shots = 0;

  constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {
    page.setDefaultTimeout(PATIENCE);
  }

  async actAs(name: string): Promise<void> {
    await this.page.getByTestId('act-as').click();
    await this.page.getByTestId(`act-as-${name}`).click();
    await this.page.locator(`[data-testid=act-as][data-me=${name}]`).waitFor();
  }

  async goTo(channel: string): Promise<void> {
    await this.page.locator(`nav [data-channel="${channel}"]`).click();
    await this.page.getByTestId('composer').waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.getByTestId('composer').fill(text);
    await this.page.getByTestId('composer').press('Enter');
  }

  /** The newest message with these words in it. */
  message(words: string | RegExp): Locator {
    return this.page.locator('.channel-main [data-testid=message]').filter({ hasText: words }).last();
  }

  async press(where: Locator, name: string | RegExp): Promise<void> {
    await where.getByRole('button', { name }).first().click();
  }

  async react(where: Locator, name: string): Promise<void> {
    await where.hover();
    await where.locator(`[data-react=${name}]`).click();
  }

  modal(): Locator {
    return this.page.getByTestId('modal');
  }

  async fill(blockId: string, text: string): Promise<void> {
    await this.modal().locator(`[data-block-id="${blockId}"] :is(input, textarea)`).first().fill(text);
  }

  async choose(blockId: string, option: string | RegExp): Promise<void> {
    const block = this.modal().locator(`[data-block-id="${blockId}"]`);
    await block.locator('input[role=combobox]').click();
    await block.getByRole('option', { name: option }).first().click();
  }

  async submit(): Promise<void> {
    await this.page.getByTestId('modal-submit').click();
  }

  async confirm(): Promise<void> {
    await this.page.getByTestId('confirm-yes').click();
  }

  /** Does something that opens a new tab, and answers with that tab. */
  async tabFrom(work: () => Promise<void>): Promise<Page> {
    const [tab] = await Promise.all([this.context.waitForEvent('page', { timeout: PATIENCE }), work()]);
    tab.setDefaultTimeout(PATIENCE);
    await tab.waitForLoadState();
    return tab;
  }

  async shot(name: string, page: Page = this.page): Promise<void> {
    await mkdir(SHOTS, { recursive: true });
    this.shots += 1;
    await page.screenshot({ path: join(SHOTS, `${String(this.shots).padStart(2, '0')}-${name}.png`) });
  }
}
