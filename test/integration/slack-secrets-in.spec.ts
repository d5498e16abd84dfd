import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import winston from 'winston';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { OneTimePage } from '../builders/one-time-page.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';
import { ToldServer } from '../builders/told-server.js';

jest.setTimeout(240_000);

const TEAM = '#team-payments';
/** Each is given once; none may be anywhere but in the secret store and at the server that wants it. */
const CANARIES = { made: 'cnry-Made7Qx2Lw9Zr4', denied: 'cnry-Denied5Tk8Vb3Np', dropped: 'cnry-Dropped6Hs1Yj7Md' };

const item = (server: string) => `
name: shipment
title: Shipment
summary: Asks for a token that Slack must never see.
version: 1.0.0
owner: platform
environments: [development, production]
parameters:
  type: object
  required: [name, token]
  properties:
    name: { type: string, title: Name, default: parcel }
    token:
      type: string
      title: API token
      description: From the carrier's console.
      writeOnly: true
      minLength: 8
      pattern: ^cnry-
      x-pattern-hint: "API token: it begins with cnry-."
    note: { type: string, title: Note }
lease: { defaultHours: 4, maxHours: 24, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: shipment, title: "Shipment \${{ params.name }}" }
steps:
  - name: call
    title: Call the carrier
    action: http:request
    with:
      method: POST
      url: ${server}/ship
      secretHeaders: { Authorization: { ref: "\${{ params.token }}", field: value, prefix: "Bearer " } }
      json: { name: "\${{ params.name }}" }
      values: { said: response.body.said }
      undo: { path: [back], secretHeaders: { Authorization: { ref: "\${{ params.token }}", field: value } } }
outputs: { said: "\${{ steps.call.output.values.said }}" }
examples:
  - title: Anybody in a team
    person: ben@quartermaster.test
    parameters: { token: kv:typed/example#1 }
    expect: { decision: allow }
`;

describe('a secret parameter, in Slack', () => {
  let folder: string;
  let carrier: ToldServer;
  const heard: string[] = [];
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let lea: SlackPerson;
  const logs: string[] = [];

  beforeAll(async () => {
    jest.spyOn(winston.transports.Console.prototype, 'log').mockImplementation((...args: unknown[]) => {
      const [info, next] = args as [Record<symbol, unknown>, () => void];
      logs.push(String(info[Symbol.for('message')]));
      next();
    });
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-shipment-'));
    carrier = await ToldServer.start();
    // What comes back repeats what was sent, as careless servers do.
    carrier.tell((_url, response) => {
      const authorization = response.req.headers.authorization ?? '';
      heard.push(authorization);
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ said: `thanks for ${authorization}` }));
    });
    await cp('catalog', folder, { recursive: true });
    await writeFile(join(folder, 'items/shipment.yaml'), item(carrier.url));
    const change = { CATALOG_DIR: folder, HTTP_ALLOWED_HOSTS: carrier.url, LOG_LEVEL: 'debug' };
    bot = await BotOnPlayground.start('http', change);
    [ada, lea] = await Promise.all([bot.person('ada'), bot.person('lea')]);
  });
  afterAll(async () => {
    await bot.stop();
    await carrier.stop();
    await rm(folder, { recursive: true, force: true });
    jest.restoreAllMocks();
  });

  async function openForm(me: SlackPerson, environment = 'development'): Promise<void> {
    expect(await me.slash('/qm request shipment', TEAM)).toMatchObject({ ok: true });
    await me.waitForModal('Shipment');
    await me.fill({ Environment: environment });
  }

  /** Clicks the form's button; answers the page behind the link that the modal shows then. */
  async function askForPage(me: SlackPerson, label = 'Give it'): Promise<OneTimePage> {
    expect(await me.click(label)).toMatchObject({ ok: true });
    const modal = await me.waitForModal('Give a secret');
    const url = /"url":"([^"]+)"/.exec(JSON.stringify(modal.blocks))?.[1] ?? '';
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/secrets\/give\/[\w-]{43}$/);
    return new OneTimePage(url);
  }

  async function give(me: SlackPerson, value: string, label = 'Give it'): Promise<void> {
    const page = await askForPage(me, label);
    await me.fill({ number: (await page.begin()) ?? '' });
    expect(await me.submit()).toMatchObject({ ok: true });
    await me.waitFor((one) => shown(one).includes('Confirmed.'), 'that the number was right');
    expect((await page.give(value)).status).toBe(200);
    await me.waitFor((one) => shown(one).includes('•••• (given)'), 'the form with the secret given');
  }

  async function sent(me: SlackPerson): Promise<void> {
    await me.submit();
    const plan = await me.waitForModal('The plan');
    expect(wholeText(plan)).toContain('*API token:* •••• (given)');
    expect(await me.submit()).toMatchObject({ ok: true });
    await me.waitFor((one) => one.modal() === undefined, 'that it was sent');
  }

  async function stateOf(person: SlackPerson): Promise<{ id: string; state: string }[]> {
    return bot.database.transactions.query(
      'select id, state from requests where requester_id = $1 order by created_at',
      [person.id],
    );
  }

  async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
    for (let turn = 0; turn < 600; turn += 1) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`It never came to this: ${what}`);
  }

  async function settled(state: string): Promise<string> {
    return until(`a request is ${state}`, async () => (await stateOf(ada)).find((one) => one.state === state)?.id);
  }

  const keptSecrets = async (): Promise<number> => {
    const sql = `select count(*)::int from local_secrets where path like 'typed/%'`;
    const [row] = await bot.database.transactions.query<{ count: number }>(sql);
    return row?.count ?? -1;
  };

  it('is asked for on a page of its own, is missing without it, and reaches the step alone', async () => {
    await openForm(ada);
    expect(shown(ada)).toContain('*API token*: _not given yet');
    await ada.fill({ Note: 'with care', Name: 'crate' });
    await ada.submit();
    await ada.waitFor((me) => shown(me).includes('API token is missing. Press “Give it”'), 'what is missing');
    await give(ada, CANARIES.made);
    expect(JSON.stringify(ada.modal()?.blocks)).toContain('"initial_value":"with care"');
    await sent(ada);
    await settled('ready');
    expect(heard).toEqual([`Bearer ${CANARIES.made}`]);
    expect(await keptSecrets()).toBe(1);
  });

  it('is refused on the page in the words of the catalog, and may be given again', async () => {
    await openForm(ada);
    const page = await askForPage(ada);
    const number = (await page.begin()) ?? '';
    await ada.fill({ number: number === '10' ? '11' : '10' });
    await ada.submit();
    await ada.waitFor(
      (me) =>
        Object.values(me.modal()?.errors ?? {})
          .join()
          .includes('not the number'),
      'the error',
    );
    await ada.fill({ number });
    await ada.submit();
    await ada.waitFor((me) => shown(me).includes('Confirmed.'), 'that the number was right');
    const wrong = await page.give('something else');
    expect([wrong.status, await wrong.text()]).toEqual([422, 'API token: it begins with cnry-.']);
    expect((await page.give(CANARIES.dropped)).status).toBe(200);
    await ada.waitFor((me) => shown(me).includes('•••• (given)'), 'the form with the secret given');
    await ada.close(true);
  });

  it('is said to be given, and no more, to who approves; and is removed when that is denied', async () => {
    await openForm(ada, 'production');
    await give(ada, CANARIES.dropped);
    await give(ada, CANARIES.denied, 'Give another');
    await sent(ada);
    const id = await settled('awaiting-approval');
    const card = await lea.waitFor(
      (me) =>
        Object.values(me.screen.messages)
          .flat()
          .find((message) => wholeText(message).includes('🔒 API token •••• (given)')),
      'the card to approve',
    );
    await lea.click('Deny…', card);
    await lea.waitForModal('Deny');
    await lea.fill({ reason: 'Not today.' });
    await lea.submit();
    await until('it is denied', async () =>
      (await stateOf(ada)).some((one) => one.id === id && one.state === 'denied'),
    );
    await until('its secret is removed', async () => {
      const sql = `select state from secret_intakes where request_id = $1`;
      const rows = await bot.database.transactions.query<{ state: string }>(sql, [id]);
      return rows.length === 1 && rows[0]?.state === 'removed';
    });
  });

  it('belongs to its request: who asks again gives it again', async () => {
    const again = await ada.waitFor((me) => {
      const messages = Object.values(me.screen.messages).flat();
      return messages.findLast((message) => JSON.stringify(message.blocks).includes('request_ask_again'));
    }, 'the way to ask again');
    await ada.click('request_ask_again', again);
    await ada.waitForModal('Shipment');
    expect(shown(ada)).toContain('*API token*: _not given yet');
    await ada.close(true);
  });

  it('goes with the resource, which still needed it to be taken back', async () => {
    const before = heard.length;
    const sql = `update resources set lease_ends_at = now() - interval '1 minute' where state = 'active'`;
    await bot.database.transactions.query(sql);
    await until('the resource is destroyed', async () => {
      const rows = await bot.database.transactions.query<{ state: string }>(
        'select state from resources where state = $1',
        ['destroyed'],
      );
      return rows.length === 1;
    });
    expect(heard.slice(before)).toEqual([CANARIES.made]);
    await until('only what waits in a form is kept', async () => (await keptSecrets()) === 1);
    await bot.database.transactions.query('delete from request_drafts');
    await until('nothing is kept', async () => (await keptSecrets()) === 0);
  });

  it('is in no table, no log line, and in nothing that Slack was told', async () => {
    const { calls } = await bot.control('calls', {});
    const places: Record<string, string> = {
      logs: logs.join('\n'),
      calls: JSON.stringify(calls),
      screens: JSON.stringify([ada.screen, lea.screen]),
      ...(await allTables()),
    };
    expect(Object.keys(places).length).toBeGreaterThan(40);
    const holding = (text: string): string[] => Object.keys(places).filter((name) => places[name]?.includes(text));
    // The look finds what is there: the reference is in the request, and the item's title everywhere.
    expect(holding('kv:typed/int-')).toContain('public.requests');
    expect(holding('hipment')).toEqual(expect.arrayContaining(['calls', 'screens']));
    expect(holding('debug')).toContain('logs');
    for (const value of Object.values(CANARIES))
      for (const form of [
        value,
        Buffer.from(value).toString('hex'),
        Buffer.from(value).toString('base64').slice(0, -4),
      ])
        expect(holding(form)).toEqual([]);
  });

  /** Every row of every table of every schema, as text; bytes as hexadecimal digits. */
  async function allTables(): Promise<Record<string, string>> {
    const { transactions } = bot.database;
    const tables = await transactions.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const dumped = tables.map(async ({ name }) => {
      const rows = await transactions.query<{ row: string }>(`select t::text as row from ${name} t`);
      return [name, rows.map(({ row }) => row).join('\n')] as const;
    });
    return Object.fromEntries(await Promise.all(dumped));
  }
});

function shown(me: SlackPerson): string {
  const modal = me.modal();
  return modal === undefined ? '' : wholeText(modal);
}
