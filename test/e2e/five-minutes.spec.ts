import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { Newcomer } from '../builders/newcomer.js';
import { launchBrowser } from './browser.js';

const ROOT = join(import.meta.dirname, '../..');

/** `npm start` as a newcomer has it: nothing configured, everything embedded; only the ports are any free ones. */
async function start(folder: string): Promise<{ url: string; bot: string; child: ChildProcess; log: string[] }> {
  const env = {
    PATH: process.env.PATH ?? '',
    DATA_DIR: folder,
    PORT: '0',
    PLAYGROUND_PORT: '0',
    EMBEDDED_POSTGRES_PORT: '0',
    LOG_FORMAT: 'json',
  };
  const child = spawn(process.execPath, ['--enable-source-maps', join(ROOT, 'dist/src/main.js')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const ready = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      log.push(chunk.toString());
      const line = /\{[^\n]*Quartermaster is ready[^\n]*\}/.exec(log.join(''))?.[0];
      if (line !== undefined) resolve(line);
    });
    child.once('exit', () => {
      reject(new Error(`It ended before it was ready:\n${log.join('')}`));
    });
  });
  const { playground, port } = JSON.parse(ready) as { playground: string; port: number };
  return { url: playground, bot: `http://127.0.0.1:${port}`, child, log };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

describe('the newcomer’s five minutes', () => {
  let browser: Browser;
  let folder: string;
  let running: Awaited<ReturnType<typeof start>>;
  let newcomer: Newcomer;
  const name = `orders_${randomBytes(3).toString('hex')}`;
  let credentials: { url: string; password: string };

  const open = async (): Promise<void> => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
    const page = await context.newPage();
    await page.goto(running.url);
    newcomer = new Newcomer(page, context);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-five-'));
    // Started as root, PostgreSQL runs as another user, who must be able to get here.
    await chmod(folder, 0o755);
    [browser, running] = await Promise.all([launchBrowser(), start(folder)]);
    await open();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await stop(running.child);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  // How each step ended, also when it failed.
  afterEach(() => newcomer.shot('end-of-step').catch(() => undefined));
  afterEach(() => {
    if (running.child.exitCode !== null || running.child.signalCode !== null)
      throw new Error(`The bot ended:\n${running.log.join('').slice(-4000)}`);
  });

  it('gets a helpful answer to /qm', async () => {
    await newcomer.page.getByTestId('composer').waitFor();
    await newcomer.shot('first-look');
    await newcomer.say('/qm');
    await newcomer.message(/request/i).waitFor();
    await newcomer.shot('help');
  }, 60_000);

  it('requests a production database in a modal and sees its plan first', async () => {
    await newcomer.say('/qm request postgres-database');
    await newcomer.modal().waitFor();
    await newcomer.choose('environment', 'production');
    await newcomer.fill('param:name', 'No Spaces!');
    await newcomer.shot('form');
    await newcomer.submit();
    await newcomer.modal().getByText('use 3 to 41 lower-case letters').first().waitFor();
    await newcomer.shot('form-error');
    await newcomer.fill('param:name', name);
    await newcomer.submit();
    await newcomer.modal().getByText('Production needs the approval of a lead').waitFor();
    await newcomer.shot('plan');
    await newcomer.submit();
    await newcomer.message(name).getByText('Waiting for approval').waitFor();
    await newcomer.shot('card-waiting');
  }, 60_000);

  it('is approved by the lead with a reaction, and watches the steps go by', async () => {
    await newcomer.actAs('lea');
    await newcomer.goTo('approvals');
    const approval = newcomer.message(/Approval wanted/);
    await approval.waitFor();
    await newcomer.shot('approval-card');
    await newcomer.react(approval, 'white_check_mark');
    await newcomer.message(/Approved/).waitFor();
    await newcomer.shot('approved');
    await newcomer.actAs('ada');
    await newcomer.goTo('team-payments');
    await newcomer
      .message(name)
      .getByRole('button', { name: /Show me how/ })
      .waitFor();
    await newcomer.shot('card-ready');
  }, 60_000);

  it('fetches the credentials by a one-time link that was confirmed in Slack, and connects with them', async () => {
    await newcomer.press(newcomer.message(name), /Show me how/);
    const how = newcomer.message(/works once/);
    await how.waitFor();
    await newcomer.shot('show-me-how');
    const tab = await newcomer.tabFrom(() => newcomer.press(how, /one-time link/));
    await newcomer.shot('link', tab);
    await tab.locator('form button').click();
    const number = (await tab.locator('.number').innerText()).trim();
    await newcomer.shot('number', tab);
    await newcomer.page.locator('nav button').filter({ hasText: 'Quartermaster' }).last().click();
    const question = newcomer.message(`the number ${number}`);
    await question.waitFor();
    await newcomer.shot('question');
    await question.locator('[data-action-id=delivery_is_me]').last().click();
    await tab.getByText('psql "host=').waitFor();
    const field = (label: string) => tab.locator(`dt:text-is("${label}") + dd [data-plain]`).textContent();
    credentials = { url: (await field('url')) ?? '', password: (await field('password')) ?? '' };
    await newcomer.shot('credentials', tab);
    const client = new pg.Client({ connectionString: credentials.url });
    await client.connect();
    expect((await client.query('select current_database() as it')).rows[0].it).toContain(name);
    await client.end();
    await tab.reload();
    await tab.getByText(/opened already|used already|not valid/).waitFor();
    await tab.close();
  }, 90_000);

  it('declares an incident on it and walks its playbook, with an approval and a roll back', async () => {
    await newcomer.actAs('oli');
    await newcomer.goTo('incidents');
    await newcomer.say('/qm incident declare');
    await newcomer.modal().waitFor();
    await newcomer.fill('title', 'Orders refuses connections');
    await newcomer.modal().locator('[data-block-id=resource] input').fill(name);
    await newcomer
      .modal()
      .getByRole('option', { name: new RegExp(name) })
      .click();
    await newcomer.shot('declare');
    await newcomer.submit();
    await newcomer.page.locator('nav [data-channel^="inc-"]').click();
    const playbook = newcomer.message(/Playbook: Too many connections/);
    await playbook.waitFor();
    await newcomer.shot('incident');
    await newcomer.press(playbook, /Mark done: Confirm the symptom/);
    await newcomer.press(playbook, /Run: Who holds the connections/);
    await playbook
      .getByText(/2\. Who holds the connections\? · done|2\. Who holds the connections\?/)
      .first()
      .waitFor();
    await newcomer.press(playbook, /Run: Raise the connection limit/);
    await newcomer.confirm();
    const wanted = newcomer.message(/Approval wanted/);
    await wanted.waitFor();
    await newcomer.shot('step-approval');
    const incidentChannel =
      (await newcomer.page.locator('nav [data-channel^="inc-"]').first().getAttribute('data-channel')) ?? '';
    await newcomer.actAs('lea');
    const join = newcomer.page.locator(`nav [data-channel="${incidentChannel}"], nav [data-join="${incidentChannel}"]`);
    await join.click();
    await newcomer.react(newcomer.message(/Approval wanted/), 'white_check_mark');
    await newcomer
      .message(/Playbook/)
      .getByRole('button', { name: /Roll back: Raise/ })
      .waitFor();
    expect(await limitOf(credentials.url)).toBe(60);
    await newcomer.shot('limit-raised');
    await newcomer.actAs('oli');
    await newcomer.goTo(incidentChannel);
    await newcomer.press(newcomer.message(/Playbook/), /Roll back: Raise/);
    await newcomer.confirm();
    await newcomer
      .message(/Playbook/)
      .getByText(/rolled back/)
      .first()
      .waitFor();
    expect(await limitOf(credentials.url)).toBe(5);
    await newcomer.shot('rolled-back');
    await newcomer.say('/qm incident resolve');
    await newcomer.modal().waitFor();
    await newcomer.fill('summary', 'The pool was too large; it was made smaller.');
    await newcomer.submit();
    await newcomer.page
      .locator('.file')
      .filter({ hasText: /postmortem/i })
      .waitFor();
    await newcomer.shot('resolved');
  }, 120_000);

  it('finds everything again after a stop and a start', async () => {
    await newcomer.page.context().close();
    await stop(running.child);
    running = await start(folder);
    await open();
    await newcomer.goTo('team-payments');
    await newcomer
      .message(name)
      .getByRole('button', { name: /Show me how/ })
      .waitFor();
    await newcomer.page.getByTestId('app-home').click();
    await newcomer.page.getByTestId('home').getByText(new RegExp(name)).first().waitFor();
    await newcomer.shot('home');
  }, 90_000);

  it('destroys it from its card, and it is gone', async () => {
    await newcomer.goTo('team-payments');
    await newcomer.press(newcomer.message(name), /^Destroy/);
    await newcomer.modal().waitFor();
    await newcomer.shot('destroy');
    await newcomer.modal().locator('input').first().fill(name);
    await newcomer.submit();
    await newcomer.message(name).getByText('Destroyed').first().waitFor();
    await newcomer.shot('destroyed');
    await expect(limitOf(credentials.url)).rejects.toThrow();
  }, 60_000);

  it('left no trace of the password in Slack or in the log', async () => {
    const everything = await newcomer.page.content();
    expect(everything).not.toContain(credentials.password);
    expect(running.log.join('')).not.toContain(credentials.password);
  });
});

async function limitOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('select datconnlimit as n from pg_database where datname = current_database()')).rows[0]
      .n;
  } finally {
    await client.end();
  }
}
