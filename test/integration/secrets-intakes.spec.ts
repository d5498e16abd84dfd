import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Tx } from '../../src/platform/database/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import {
  type DeliveryEntry,
  DeliveryJournal,
  IntakeHome,
  type IntakePlace,
  LocalSecretStore,
  Redactor,
  SecretIntakes,
  SecretStoreUnavailable,
} from '../../src/secrets/index.js';
import { IntakeController } from '../../src/secrets/intake.controller.js';
import { RandomIds } from '../../src/shared/index.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';
import { OneTimePage } from '../builders/one-time-page.js';

const VALUE = ' Zx93-kQpLw02-<mNvB7> ';
const ADA = 'U-ADA';

class RememberingJournal extends DeliveryJournal {
  readonly entries: DeliveryEntry[] = [];

  record(_tx: Tx, entry: DeliveryEntry): Promise<void> {
    this.entries.push(entry);
    return Promise.resolve();
  }

  ask(): Promise<void> {
    return Promise.reject(new Error('An intake asks nobody.'));
  }
}

class TestHome extends IntakeHome {
  readonly kept = new Map<string, string>();
  isGone = false;

  problem(_place: IntakePlace, value: string): Promise<string | null> {
    return Promise.resolve(value.length < 6 ? 'It is too short: use at least 6 characters.' : null);
  }

  keep(_tx: Tx, { draftId, path }: IntakePlace, ref: string): Promise<void> {
    if (this.isGone) return Promise.reject(new SecretStoreUnavailable('This form is gone.'));
    this.kept.set(`${draftId}/${path}`, ref);
    return Promise.resolve();
  }
}

describe('a one-time page on which a secret is given', () => {
  let database: TestDatabase;
  let store: LocalSecretStore;
  let journal: RememberingJournal;
  let home: TestHome;
  let intakes: SecretIntakes;
  let app: INestApplication;
  let address: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    store = new LocalSecretStore(database.transactions, randomBytes(32), new Redactor());
  });
  afterAll(() => database.drop());

  beforeEach(async () => {
    await database.transactions.query('truncate secret_intakes, local_secrets');
    [journal, home] = [new RememberingJournal(), new TestHome()];
    const { transactions } = database;
    intakes = new SecretIntakes(transactions, store, journal, home, new RandomIds(), Logger.silent(), () => address);
    const module = await Test.createTestingModule({
      controllers: [IntakeController],
      providers: [{ provide: SecretIntakes, useValue: intakes }],
    }).compile();
    app = module.createNestApplication({ bodyParser: true });
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  });
  afterEach(() => app.close());

  async function issue(change: { draftId?: string } = {}): Promise<{ id: string; page: OneTimePage }> {
    const wish = { personId: ADA, draftId: 'drf-1', path: 'token', label: 'Token <b>', about: 'A service', ...change };
    const more = { hint: 'From the console', isMultiline: false, screen: 'V1', traceId: 'trc-1' };
    const { id, url } = await intakes.issue({ ...wish, ...more });
    return { id, page: new OneTimePage(url) };
  }

  async function confirmed(change: { draftId?: string } = {}): Promise<{ id: string; page: OneTimePage }> {
    const { id, page } = await issue(change);
    const number = (await page.begin()) ?? '';
    expect(await intakes.confirm({ id, personId: ADA, number })).toBeNull();
    return { id, page };
  }

  const expire = (): Promise<unknown> =>
    database.transactions.query(`update secret_intakes set expires_at = now() - interval '2 minutes'`);

  async function refused(answer: Response, status: number, words: string): Promise<void> {
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(words)]);
  }

  async function stored(): Promise<number> {
    const [row] = await database.transactions.query<{ count: number }>('select count(*)::int from local_secrets');
    return row?.count ?? -1;
  }

  it('goes link → number → confirmation in Slack → value → kept, letter for letter, as a reference', async () => {
    const told: string[] = [];
    intakes.onGiven(({ screen }) => Promise.resolve(void told.push(screen ?? '')));
    const { id, page } = await issue();
    expect(await intakes.confirm({ id, personId: ADA, number: '42' })).toContain('was not opened yet');
    const number = (await page.begin()) ?? '';
    expect(await page.begin()).toBe(number);
    expect((await page.field()).status).toBe(202);
    await refused(await page.give(VALUE), 410, 'not confirmed in Slack yet');
    expect(await intakes.confirm({ id, personId: ADA, number })).toBeNull();
    const field = await page.field();
    expect([field.status, await field.text()]).toEqual([200, expect.stringContaining('Token &lt;b&gt;')]);
    await refused(await page.give('short'), 422, 'at least 6');
    expect((await page.give(VALUE)).status).toBe(200);
    const ref = home.kept.get('drf-1/token') ?? '';
    expect(ref).toMatch(/^kv:typed\/int-\w{8}\/int-\w{8}#1$/);
    expect(await store.get(ref)).toEqual({ value: VALUE });
    expect(told).toEqual(['V1']);
    expect(JSON.stringify(journal.entries)).not.toContain(VALUE.trim());
    expect(journal.entries.map(({ type }) => type)).toEqual([
      'secret.intake_issued',
      'secret.intake_opened',
      'secret.intake_confirmed',
      'secret.given',
    ]);
  });

  it('takes one value only, however often and from however many windows it is sent', async () => {
    const { page } = await confirmed();
    const answers = await Promise.all(['first value', 'second value', 'third value'].map((value) => page.give(value)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
    await refused(await page.give('once more'), 410, 'was given here already');
    await refused(await page.field(), 410, 'was given here already');
    expect(await page.begin()).toBeUndefined();
    expect(await stored()).toBe(1);
  });

  it('changes nothing on a GET, as link previewers send them, and is kept by no cache', async () => {
    const { page } = await issue();
    for (let n = 0; n < 3; n += 1) {
      const answer = await fetch(page.url);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(answer.headers.get('content-security-policy')).toContain(`default-src 'none'`);
      expect(await answer.text()).toContain('Token &lt;b&gt;');
    }
    expect(await page.begin()).toMatch(/^\d\d$/);
    expect((await fetch(page.url)).status).toBe(410);
  });

  it('is dead ten minutes later, at every station', async () => {
    const { id, page } = await issue();
    const [opened, ready] = [await issue(), await confirmed()];
    const number = (await opened.page.begin()) ?? '';
    await expire();
    expect(await page.begin()).toBeUndefined();
    expect(await intakes.confirm({ id, personId: ADA, number: '42' })).toContain('ten minutes are over');
    expect(await intakes.confirm({ id: opened.id, personId: ADA, number })).toContain('ten minutes are over');
    await refused(await ready.page.give(VALUE), 410, 'ten minutes are over');
    expect([await stored(), home.kept.size]).toEqual([0, 0]);
  });

  it('is confirmed by nobody but its person, and serves only the browser that opened it', async () => {
    const { id, page } = await issue();
    const number = (await page.begin()) ?? '';
    expect(await intakes.confirm({ id, personId: 'U-EVE', number })).toContain('for somebody else');
    const stranger = new OneTimePage(page.url);
    expect(await stranger.begin()).toBeUndefined();
    await refused(await stranger.give(VALUE), 403, 'did not open the link');
    expect(await intakes.confirm({ id, personId: ADA, number })).toBeNull();
    await refused(await stranger.field(), 403, 'did not open the link');
    const forged = await fetch(`${page.url}/value`, {
      method: 'POST',
      headers: { cookie: 'qm_intake=AAAA', 'x-requested-with': 'quartermaster', 'content-type': 'text/plain' },
      body: VALUE,
    });
    await refused(forged, 410, 'another browser');
    expect(await stored()).toBe(0);
  });

  it('dies of five wrong numbers', async () => {
    const { id, page } = await issue();
    const number = (await page.begin()) ?? '';
    const wrong = number === '99' ? '98' : '99';
    for (let n = 1; n < 5; n += 1)
      expect(await intakes.confirm({ id, personId: ADA, number: wrong })).toContain('not the number');
    expect(await intakes.confirm({ id, personId: ADA, number: wrong })).toContain('closed now');
    expect(await intakes.confirm({ id, personId: ADA, number })).toContain('settled');
    await refused(await page.give(VALUE), 410, 'not valid');
  });

  it('takes no more than 16 KB, and is open for something shorter then', async () => {
    const { page } = await confirmed();
    await refused(await page.give('x'.repeat(20_000)), 413, 'longer than 16 KB');
    expect((await page.give('x'.repeat(16_384))).status).toBe(200);
  });

  it('leaves nothing in the store when the form is gone, and stays open', async () => {
    const { page } = await confirmed();
    home.isGone = true;
    await refused(await page.give(VALUE), 503, 'form is gone');
    expect(await stored()).toBe(0);
    home.isGone = false;
    expect((await page.give(VALUE)).status).toBe(200);
  });

  it('keeps the newest of what was given for one question, and removes the others', async () => {
    for (const value of ['the first one', 'the second one'])
      expect((await (await confirmed()).page.give(value)).status).toBe(200);
    expect(await stored()).toBe(2);
    expect(await intakes.removeEnded([])).toBe(1);
    expect(await intakes.removeEnded([])).toBe(0);
    expect(await store.get(home.kept.get('drf-1/token') ?? '')).toEqual({ value: 'the second one' });
  });

  it('belongs to the one request that claims it, and only of the person who gave it', async () => {
    const { page } = await confirmed();
    await page.give(VALUE);
    const ref = home.kept.get('drf-1/token') ?? '';
    const claim = (personId: string, requestId: string): Promise<void> =>
      database.transactions.run((tx) => intakes.claim(tx, [ref, ref], personId, requestId));
    expect(await intakes.unusable([ref], 'U-EVE')).toEqual(new Set([ref]));
    expect(await intakes.unusable([ref], ADA)).toEqual(new Set());
    await expect(claim('U-EVE', 'req-0')).rejects.toThrow('give it again');
    await claim(ADA, 'req-1');
    await expect(claim(ADA, 'req-2')).rejects.toThrow('give it again');
    expect(await intakes.unusable([ref], ADA)).toEqual(new Set([ref]));
  });
});
