import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Tx } from '../../src/platform/database/index.js';
import { DeliveryController } from '../../src/secrets/delivery.controller.js';
import {
  type DeliveryEntry,
  DeliveryJournal,
  LocalSecretStore,
  Redactor,
  SecretDeliveries,
  SecretStoreUnavailable,
} from '../../src/secrets/index.js';
import { RandomIds } from '../../src/shared/index.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

const PASSWORD = 'Zx93-kQpLw02-<mNvB7>';
const DATA = {
  host: 'db.internal',
  port: '5432',
  database: 'orders',
  username: 'app',
  password: PASSWORD,
  url: `postgres://app:${encodeURIComponent(PASSWORD)}@db.internal:5432/orders`,
};

class RememberingJournal extends DeliveryJournal {
  readonly entries: DeliveryEntry[] = [];
  readonly questions: { personId: string; deliveryId: string; number: string }[] = [];

  record(_tx: Tx, entry: DeliveryEntry): Promise<void> {
    this.entries.push(entry);
    return Promise.resolve();
  }

  ask(_tx: Tx, question: { personId: string; deliveryId: string; number: string }): Promise<void> {
    this.questions.push(question);
    return Promise.resolve();
  }
}

describe('a one-time delivery', () => {
  let database: TestDatabase;
  let store: LocalSecretStore;
  let journal: RememberingJournal;
  let deliveries: SecretDeliveries;
  let app: INestApplication;
  let address: string;
  let ref: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    store = new LocalSecretStore(database.transactions, randomBytes(32), new Redactor());
    ref = await store.put('requests/req-1/database', DATA, { idempotencyKey: 'k1' });
  });
  afterAll(() => database.drop());

  beforeEach(async () => {
    await database.transactions.query('truncate secret_deliveries');
    journal = new RememberingJournal();
    deliveries = new SecretDeliveries(database.transactions, store, journal, new RandomIds(), () => address);
    const module = await Test.createTestingModule({
      controllers: [DeliveryController],
      providers: [{ provide: SecretDeliveries, useValue: deliveries }],
    }).compile();
    app = module.createNestApplication();
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterEach(() => app.close());

  async function issueLink(personId = 'U-LEA'): Promise<string> {
    const subject = { kind: 'resource', id: 'res-7k3m9q2x' } as const;
    const delivery = await deliveries.issue({ ref, personId, subject, traceId: 'trc-1' });
    if (delivery.kind !== 'link') throw new Error('The local store gives links.');
    return delivery.url;
  }

  async function begin(url: string): Promise<{ cookie: string; html: string; deliveryId: string; number: string }> {
    const answer = await fetch(url, { method: 'POST' });
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const { deliveryId, number } = journal.questions.at(-1) ?? { deliveryId: '', number: '' };
    return { cookie, html: await answer.text(), deliveryId, number };
  }

  const collect = (url: string, cookie: string): Promise<Response> =>
    fetch(`${url}/value`, { method: 'POST', headers: { cookie, 'x-requested-with': 'quartermaster' } });

  it('goes link → continue → confirmation in Slack → shown once → gone', async () => {
    const url = await issueLink();
    const { cookie, html, deliveryId, number } = await begin(url);
    expect(html).toContain(`>${number}</p>`);
    expect((await collect(url, cookie)).status).toBe(202);
    await deliveries.confirm({ deliveryId, personId: 'U-LEA', number });
    const shown = await collect(url, cookie);
    expect(shown.status).toBe(200);
    const body = await shown.text();
    expect(body).toContain('Zx93-kQpLw02-&lt;mNvB7&gt;');
    expect(body).toContain('psql &quot;host=db.internal port=5432 dbname=orders user=app&quot;');
    const again = await collect(url, cookie);
    expect([again.status, await again.text()]).toEqual([410, expect.stringContaining('used already')]);
    expect(journal.entries.map(({ type }) => type)).toEqual([
      'secret.delivery_issued',
      'secret.delivery_opened',
      'secret.delivery_confirmed',
      'secret.fetched',
    ]);
    expect(JSON.stringify(journal.entries)).not.toContain(PASSWORD);
  });

  it('reveals nothing and changes nothing on any number of GETs, as link previewers send them', async () => {
    const url = await issueLink();
    for (let n = 0; n < 3; n += 1) {
      const answer = await fetch(url);
      const html = await answer.text();
      expect([answer.status, html.includes('res-7k3m9q2x')]).toEqual([200, true]);
      for (const value of [PASSWORD, DATA.host, DATA.username]) expect(html).not.toContain(value);
    }
    expect(journal.entries.map(({ type }) => type)).toEqual(['secret.delivery_issued']);
    expect((await begin(url)).number).toMatch(/^\d\d$/);
  });

  it('is kept by no cache, sends no referrer, loads nothing, and runs no script but its own', async () => {
    const url = await issueLink();
    for (const answer of [
      await fetch(url),
      await fetch(url, { method: 'POST' }),
      await collect(url, 'qm_delivery=x'),
    ]) {
      const header = (name: string): string => answer.headers.get(name) ?? '';
      expect(header('cache-control')).toBe('no-store');
      expect(header('referrer-policy')).toBe('no-referrer');
      expect(header('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'nonce-[\w+/=]{24}'; script-src/,
      );
      expect(header('x-frame-options')).toBe('DENY');
      const html = await answer.text();
      expect(html).not.toMatch(/src=|href=|@import|url\(/);
    }
  });

  it('binds the link to the browser that began, with a cookie that scripts and other sites can’t use', async () => {
    const url = await issueLink();
    const answer = await fetch(url, { method: 'POST' });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^qm_delivery=[\w-]{43}; Max-Age=600; Path=\/secrets\/[\w-]+; .*HttpOnly; SameSite=Strict$/);
    const { deliveryId, number } = journal.questions[0]!;
    await deliveries.confirm({ deliveryId, personId: 'U-LEA', number });
    expect((await collect(url, 'qm_delivery=of-another-browser')).status).toBe(410);
    expect((await fetch(`${url}/value`, { method: 'POST', headers: { cookie } })).status).toBe(403);
    expect((await collect(url, '')).status).toBe(403);
    expect((await collect(url, cookie.split(';')[0]!)).status).toBe(200);
  });

  it('can be begun by one browser only', async () => {
    const url = await issueLink();
    const answers = await Promise.all(Array.from({ length: 6 }, () => fetch(url, { method: 'POST' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410, 410]);
    expect(journal.questions).toHaveLength(1);
  });

  it('shows the same number again to the browser that began, until it was used', async () => {
    const url = await issueLink();
    const { cookie, deliveryId, number } = await begin(url);
    const again = await fetch(url, { method: 'POST', headers: { cookie } });
    expect([again.status, await again.text()]).toEqual([200, expect.stringContaining(`>${number}</p>`)]);
    expect(journal.questions).toHaveLength(1);
    await deliveries.confirm({ deliveryId, personId: 'U-LEA', number });
    await collect(url, cookie);
    const after = await fetch(url, { method: 'POST', headers: { cookie } });
    expect([after.status, await after.text()]).toEqual([410, expect.stringContaining('used already')]);
  });

  it('shows the value to one of many simultaneous calls', async () => {
    const url = await issueLink();
    const { cookie, deliveryId, number } = await begin(url);
    await deliveries.confirm({ deliveryId, personId: 'U-LEA', number });
    const answers = await Promise.all(Array.from({ length: 6 }, () => collect(url, cookie)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410, 410]);
    expect(journal.entries.filter(({ type }) => type === 'secret.fetched')).toHaveLength(1);
  });

  it('listens to nobody else’s confirmation, nor to a wrong number', async () => {
    const url = await issueLink();
    const { cookie, deliveryId, number } = await begin(url);
    await expect(deliveries.confirm({ deliveryId, personId: 'U-MAX', number })).rejects.toThrow(/somebody else/);
    await expect(deliveries.confirm({ deliveryId, personId: 'U-LEA', number: '1' })).rejects.toThrow(/not the number/);
    expect((await collect(url, cookie)).status).toBe(202);
    for (let n = 0; n < 4; n += 1) {
      await expect(deliveries.confirm({ deliveryId, personId: 'U-LEA', number: '1' })).rejects.toThrow();
    }
    await expect(deliveries.confirm({ deliveryId, personId: 'U-LEA', number })).rejects.toThrow(/settled already/);
  });

  it('is dead once the person said that the browser is not theirs', async () => {
    const url = await issueLink();
    const { cookie, deliveryId, number } = await begin(url);
    await deliveries.reject({ deliveryId, personId: 'U-LEA' });
    await expect(deliveries.confirm({ deliveryId, personId: 'U-LEA', number })).rejects.toThrow(/settled already/);
    const answer = await collect(url, cookie);
    expect([answer.status, await answer.text()]).toEqual([410, expect.stringContaining('not theirs')]);
  });

  it('ends by the database’s time, at every stage', async () => {
    const url = await issueLink();
    const { cookie, deliveryId, number } = await begin(url);
    await database.transactions.query('update secret_deliveries set expires_at = now()');
    await expect(deliveries.confirm({ deliveryId, personId: 'U-LEA', number })).rejects.toThrow(/ten minutes are over/);
    for (const answer of [await fetch(url), await collect(url, cookie), await fetch(url, { method: 'POST' })]) {
      expect([answer.status, await answer.text()]).toEqual([410, expect.stringContaining('ten minutes are over')]);
    }
  });

  it('waits out a store that rests, and shows the value then', async () => {
    const url = await issueLink();
    const { cookie, deliveryId, number } = await begin(url);
    await deliveries.confirm({ deliveryId, personId: 'U-LEA', number });
    const get = store.get.bind(store);
    store.get = () => Promise.reject(new SecretStoreUnavailable('The secret store rests.'));
    const resting = await collect(url, cookie);
    expect([resting.status, await resting.text()]).toEqual([503, 'The secret store rests.']);
    store.get = get;
    expect((await collect(url, cookie)).status).toBe(200);
  });

  it('keeps neither token nor number of the browser in clear in the database', async () => {
    const url = await issueLink();
    const { cookie } = await begin(url);
    const [row] = await database.transactions.query<{ text: string }>(
      'select t::text as text from secret_deliveries t',
    );
    expect(row?.text).not.toContain(url.split('/').at(-1));
    expect(row?.text).not.toContain(cookie.split('=')[1]);
  });

  it('refuses a flood of links to one person, and of guesses from one address', async () => {
    for (let n = 0; n < 10; n += 1) await issueLink();
    await expect(issueLink()).rejects.toThrow(/very often/);
    await expect(issueLink('U-MAX')).resolves.toMatch(/^http/);
    const statuses: number[] = [];
    for (let n = 0; n < 201; n += 1) statuses.push((await fetch(`${address}/secrets/guess-${n}`)).status);
    expect(statuses.slice(-2)).toEqual([410, 429]);
  });
});
