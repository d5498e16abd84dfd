import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { OptionsCatalog } from '../builders/options-catalog.js';
import type { SlackPerson } from '../builders/slack-person.js';
import { ToldServer } from '../builders/told-server.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const REGIONS = {
  regions: [
    { id: 'eu-1', name: 'Frankfurt' },
    { id: 'eu-2', name: 'Dublin' },
    { id: 'us-1', name: 'Ohio' },
  ],
};

interface Offered {
  readonly note: string | undefined;
  readonly titles: string[];
  readonly values: string[];
}

describe('a person who types into a menu', () => {
  let server: ToldServer;
  let catalog: OptionsCatalog;
  let bot: BotOnPlayground;
  let ada: SlackPerson;

  beforeAll(async () => {
    server = await ToldServer.start();
    catalog = await OptionsCatalog.make(server.url);
    bot = await BotOnPlayground.start('http', {
      CATALOG_DIR: catalog.catalogDir,
      GIT_REPOSITORIES: catalog.repositories,
      HTTP_ALLOWED_HOSTS: server.url,
    });
    ada = await bot.person('ada');
  });
  afterAll(async () => {
    await bot.stop();
    await server.stop();
    await catalog.remove();
  });
  beforeEach(async () => {
    server.tell((url, response) => response.end(JSON.stringify(url.pathname === '/zones' ? ['a', 'b', 'c'] : REGIONS)));
    expect(await ada.slash('/qm request release', TEAM)).toMatchObject({ ok: true });
    await ada.waitForModal('Release');
  });
  afterEach(async () => {
    if (ada.modal() !== undefined) await ada.close(true);
  });

  async function offered(field: string, text: string): Promise<Offered> {
    const answer = await ada.search(field, text);
    expect(answer).toMatchObject({ ok: true });
    const groups = (answer.option_groups ?? []) as { label: { text: string }; options: Entry[] }[];
    const entries = [...((answer.options ?? []) as Entry[]), ...groups.flatMap(({ options }) => options)];
    return {
      note: groups[0]?.label.text,
      titles: entries.map((entry) => entry.text.text),
      values: entries.map((entry) => entry.value),
    };
  }

  it('is offered the branches of the repository that was chosen before', async () => {
    expect((await offered('Branch', '')).titles).toEqual(['First fill in “Repository”.']);
    await ada.fill({ Repository: 'shop' });
    expect((await offered('Branch', '')).titles).toEqual(['feature/cart', 'main']);
    expect((await offered('Branch', 'cart')).titles).toEqual(['feature/cart']);
    await ada.fill({ Repository: 'ledger' });
    expect((await offered('Branch', 'hotfxi')).titles).toEqual(['hotfix/tax']);
    expect((await offered('Branch', 'nothing like it')).titles).toEqual(['Nothing matches. Try other letters.']);
  });

  it('is offered what a server answers for the environment of the form, by titles', async () => {
    await ada.fill({ Environment: 'staging' });
    expect(await offered('Region', 'fra')).toEqual({ note: undefined, titles: ['Frankfurt'], values: ['eu-1'] });
    expect(server.asked).toContain('/regions?environment=staging');
    expect(server.asked.some((path) => path.includes('fra'))).toBe(false);
  });

  it('is offered what the catalog has, and a long enumeration by what is typed', async () => {
    expect((await offered('Sibling', 'postgre')).values).toEqual(['postgres-database', 'postgres-schema']);
    const all = await offered('Country', '');
    expect([all.titles.length, all.note]).toEqual([100, 'More than 100 match. Type on to narrow it down.']);
    expect(await offered('Country', 'country 149')).toMatchObject({ note: undefined, values: ['c149'] });
  });

  it('is told at the field when what was chosen is not offered, and is let through when it is', async () => {
    await ada.fill({ Repository: 'shop', Branch: 'gone' });
    await ada.submit();
    const error = await ada.waitFor((me) => errorAt(me, 'branch'), 'an error at the branch');
    expect(error).toBe('Branch: this is not among what can be chosen (any more). Choose again from the list.');
    // Made a moment ago, after the list was loaded: it is asked for again before anybody is refused.
    catalog.addBranch('shop', 'brand-new');
    await ada.fill({ Branch: 'brand-new', Zones: ['a', 'c'], Region: 'eu-2', Country: 'c7', Sibling: 'demo-service' });
    expect(await ada.submit()).toMatchObject({ ok: true });
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    await ada.submit();
    await ada.waitForMessage(TEAM, /brand-new/);
  });

  it('is told when an entry was chosen that only says something', async () => {
    const { values } = await offered('Branch', '');
    await ada.fill({ Repository: 'shop', Branch: values[0] ?? '' });
    await ada.submit();
    expect(await ada.waitFor((me) => errorAt(me, 'branch'), 'an error at the branch')).toContain('missing');
  });

  it('is told when a server is down and nothing is known, and may use own words only where the author allows it', async () => {
    await ada.fill({ Environment: 'production', Repository: 'shop', Branch: 'main' });
    server.tell((_url, response) => response.writeHead(503).end());
    expect((await offered('Region', 'oh')).titles).toEqual([
      'The list can’t be reached right now. Try again in a minute.',
    ]);
    expect(await offered('Zones', 'zone-x')).toEqual({
      note: 'The list can’t be reached right now. Your own words are taken.',
      titles: ['Use “zone-x”'],
      values: ['zone-x'],
    });
    expect((await offered('Zones', '')).titles).toEqual(['The list can’t be reached right now. Type the value.']);
    await ada.fill({ Region: 'us-1' });
    await ada.submit();
    expect(await ada.waitFor((me) => errorAt(me, 'region'), 'an error at the region')).toContain(
      'the list can’t be reached right now, so the choice can’t be checked',
    );
    await ada.fill({ Region: null, Zones: ['zone-x'] });
    await ada.submit();
    await ada.waitForModal('The plan');
  });

  it('is measured by source and state', async () => {
    const metrics = await (await fetch(`${bot.url}/metrics`)).text();
    const { host } = new URL(server.url);
    expect(metrics).toContain(
      `qm_option_answer_duration_seconds_count{source="action:git:branches",state="incomplete"}`,
    );
    expect(metrics).toContain(`qm_option_answer_duration_seconds_count{source="http:${host}",state="ok"}`);
    expect(metrics).toContain(`qm_option_loads_total{source="http:${host}",outcome="failed"}`);
    expect(metrics).toContain(`qm_option_load_duration_seconds_count{source="action:git:branches"}`);
  });
});

interface Entry {
  readonly text: { readonly text: string };
  readonly value: string;
}

function errorAt(me: SlackPerson, name: string): string | undefined {
  const errors = me.modal()?.errors ?? {};
  return Object.entries(errors).find(([block]) => block.includes(name))?.[1];
}
