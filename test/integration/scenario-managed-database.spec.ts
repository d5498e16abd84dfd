import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parseEnv } from '../../src/config/index.js';
import { metNeeds } from '../../src/met-needs.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { asAdmin } from '../builders/database.js';
import { startInstalledPostgres } from '../builders/installed-postgres.js';
import { Journey } from '../builders/journey.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const DATABASE = 'payments_development_ledger';

// Without a server of the machine's own it says aloud that the scenario is left out.
const installed = await startInstalledPostgres();
afterAll(() => installed?.stop());

it('is not offered where nothing can write a backup', () => {
  expect(metNeeds(parseEnv({}), () => null)('pg-dump')).toBe(false);
});

for (const server of installed === null ? [] : [installed])
  describe('a managed database, from its slash command to its teardown', () => {
    let bot: BotOnPlayground;
    let ada: SlackPerson;
    let journey: Journey;
    let backups: string;
    beforeAll(async () => {
      backups = await mkdtemp(join(tmpdir(), 'quartermaster-backups-'));
      bot = await BotOnPlayground.start('http', {
        PROVISION_POSTGRES_URL: `${server.url}/postgres`,
        POSTGRES_BACKUP_DIR: backups,
      });
      ada = await bot.person('ada');
      journey = new Journey(ada, TEAM);
    });
    afterAll(async () => {
      await bot.stop();
      await rm(backups, { recursive: true, force: true });
    });

    const sql = <T>(text: string, database = 'postgres') =>
      asAdmin(server.url, async (admin) => (await admin.query(text)).rows as T[], database);
    const databases = async () =>
      (
        await sql<{ name: string }>(`select datname as name from pg_database where datname ~ 'ledger|^qm_' order by 1`)
      ).map(({ name }) => name);
    const operate = (title: string, until: RegExp, fields: Readonly<Record<string, string>> | null = null) =>
      journey.operate('ledger', { button: `${title}…`, title, fields, until });

    it('is made with its extensions and a first backup', async () => {
      await journey.request({
        item: 'managed-database',
        title: 'Managed database',
        name: 'ledger',
        pages: [{ 'param:name': 'ledger', 'param:extensions': ['citext'], environment: 'development' }],
      });
      expect(await databases()).toEqual([DATABASE]);
      expect(await readdir(backups)).toEqual([expect.stringMatching(`^${DATABASE}-[0-9a-f]{16}\\.dump$`)]);
      await sql(`create table lines (who citext); insert into lines values ('Ada')`, DATABASE);
    });

    it('is backed up now, and that backup is proved by a drill that leaves nothing behind', async () => {
      const [first] = await readdir(backups);
      await operate('Back up now', /✅ \*Back up now\* · done/);
      const second = (await readdir(backups)).find((file) => file !== first) ?? '';
      const card = await operate('Restore drill', /✅ \*Restore drill\* · done/);
      expect(wholeText(card)).toContain(`proved \`${second.replace('.dump', '')}\``);
      expect(wholeText(card)).toMatch(/megabytes `\d+`/);
      expect(await databases()).toEqual([DATABASE]);
    });

    it('gets a new password and another size, and the drill logs in with the new one', async () => {
      await operate('Rotate password', /✅ \*Rotate password\* · done/, {});
      await operate('Change size', /✅ \*Change size\* · done/, { 'param:size': 'medium' });
      const limit = `select datconnlimit as n from pg_database where datname = '${DATABASE}'`;
      expect(await sql(limit)).toEqual([{ n: 15 }]);
      await operate('Restore drill', /Restore drill.*Restore drill/s);
      await ada.waitFor(
        (me) =>
          me.messages(TEAM).find((one) => (wholeText(one).match(/✅ \*Restore drill\* · done/g) ?? []).length === 2),
        'the second drill',
      );
    });

    it('is restored beside itself: what somebody deleted is there, the living one is untouched', async () => {
      await sql('delete from lines', DATABASE);
      await operate('Restore', /restored `payments_development_ledger_restored`/, {});
      const rows = 'select who from lines';
      expect(await sql(rows, `${DATABASE}_restored`)).toEqual([{ who: 'Ada' }]);
      expect(await sql(rows, DATABASE)).toEqual([]);
    });

    it('tells in plain words when a backup is not what was written', async () => {
      for (const file of await readdir(backups)) await writeFile(join(backups, file), 'x', { flag: 'a' });
      const card = await operate('Restore drill', /❌ \*Restore drill\*/);
      expect(wholeText(card)).toContain('is not what was written then. It was not restored.');
      expect(await databases()).toEqual([DATABASE, `${DATABASE}_restored`]);
    });

    it('is taken away, with its copies, its backups and its role', async () => {
      await journey.destroy('ledger');
      expect(await databases()).toEqual([]);
      expect(await sql(`select 1 from pg_roles where rolname like '%ledger%'`)).toEqual([]);
      expect(await readdir(backups)).toEqual([]);
    });
  });
