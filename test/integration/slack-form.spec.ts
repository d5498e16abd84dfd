import { jest } from '@jest/globals';
import type { PlaygroundView } from '../../src/playground/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

const blockIds = (view: PlaygroundView | undefined): string[] =>
  (view?.blocks ?? []).map((block) => String(block.block_id));
const labels = (view: PlaygroundView | undefined): string[] =>
  (view?.blocks ?? []).flatMap((block) => (block.type === 'input' ? [(block.label as { text: string }).text] : []));
const has = (label: string) => (me: SlackPerson) => labels(me.modal()).includes(label);
const onPage = (n: number) => (me: SlackPerson) =>
  wholeText(me.modal() ?? { blocks: [] }).includes(`Page ${n} of `) && me.modal();

/** What stands in an input, as the client holds it. */
function entry(view: PlaygroundView | undefined, label: string): unknown {
  const block = (view?.blocks ?? []).find(
    (one) => one.type === 'input' && (one.label as { text: string }).text === label,
  );
  const state = view?.state[String(block?.block_id)] as Record<string, Record<string, unknown>> | undefined;
  const { type: _type, ...value } = state?.value ?? {};
  const [only] = Object.values(value);
  return typeof only === 'object' && only !== null && 'value' in only ? only.value : only;
}

describe('a form of several pages', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let [lea, oli] = ['', ''];

  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    ada = await bot.person('ada');
    [lea, oli] = [(await bot.person('lea')).id, (await bot.person('oli')).id];
  });
  afterAll(async () => {
    await bot.stop();
  });

  async function opened(): Promise<void> {
    accepted(await ada.slash('/qm request service-profile', TEAM));
    await ada.waitForModal('Service profile');
  }

  async function next(page: number): Promise<PlaygroundView> {
    accepted(await ada.submit());
    return ada.waitFor(onPage(page), `page ${page}`);
  }

  it('shows and hides what depends on a choice at once, and keeps everything that was typed', async () => {
    await opened();
    expect(labels(ada.modal())).not.toContain('Path');
    await ada.fill({ Name: 'checkout', Kind: 'web' });
    await ada.waitFor(has('Path'), 'the path');
    await ada.fill({ Path: '/shop', Language: 'rust', Signals: ['traces'] });
    await ada.fill({ Kind: 'worker' });
    await ada.waitFor(has('Queue'), 'the queue');
    expect(labels(ada.modal())).not.toContain('Path');
    expect(entry(ada.modal(), 'Queue')).toBe('checkout-jobs');
    await ada.fill({ Kind: 'web' });
    await ada.waitFor(has('Path'), 'the path again');
    expect(entry(ada.modal(), 'Path')).toBe('/shop');
    expect(entry(ada.modal(), 'Name')).toBe('checkout');
    expect(entry(ada.modal(), 'Language')).toBe('rust');
  });

  it('lets defaults follow, until somebody writes something else', async () => {
    expect(entry(ada.modal(), 'Handle')).toBe('payments-checkout-development');
    await ada.fill({ environment: 'staging' });
    await ada.waitFor((me) => entry(me.modal(), 'Handle') === 'payments-checkout-staging', 'the handle of staging');
    await ada.fill({ Handle: 'mine' });
    await ada.fill({ environment: 'development', Kind: 'worker' });
    await ada.waitFor(has('Queue'), 'the queue');
    expect(entry(ada.modal(), 'Handle')).toBe('mine');
    await ada.fill({ Kind: 'web' });
    await ada.waitFor(has('Path'), 'the path');
  });

  it('says at the field what is wrong on the page, and goes on when it is mended', async () => {
    await ada.fill({ Path: 'shop' });
    await ada.submit();
    const said = await ada.waitFor((me) => me.modal()?.errors['param:path'], 'an error at the path');
    expect(said).toContain('begin with a slash');
    await ada.fill({ Path: '/shop' });
    const second = await next(2);
    expect(labels(second)).toEqual(expect.arrayContaining(['Contact', 'Launch day', 'No changes before', 'Sampling']));
    expect(wholeText(second)).toContain('*Runs as:* container');
  });

  it('names the line that is wrong in a list', async () => {
    await ada.fill({ 'Launch day': '2027-01-15' });
    await ada.waitFor(has('With a rehearsal'), 'what depends on the launch');
    await next(3);
    await ada.fill({ Labels: 'tier=gold\n\nnonsense' });
    await ada.submit();
    const [said] = await ada.waitFor(
      (me) => (Object.keys(me.modal()?.errors ?? {}).length > 0 ? Object.values(me.modal()?.errors ?? {}) : undefined),
      'an error',
    );
    expect(said).toBe('Line 3: write it like tier=gold, in lower case.');
    await ada.fill({ Labels: 'tier=gold\nzone=eu' });
  });

  it('has a page for each nested group, and goes back and forth without losing anything', async () => {
    expect(labels(ada.modal())).toEqual(['Stakeholders', 'Channels', 'Labels', 'Purpose', 'Backups', 'Firewall rules']);
    await ada.fill({ Purpose: 'To sell things.', 'Firewall rules': ['yes'] });
    const network = await next(4);
    expect(wholeText(network)).toContain('Where the service lives');
    await ada.fill({ 'Reachable from': 'internet' });
    await ada.waitFor(has('Host name'), 'the host name');
    await ada.fill({ 'Host name': 'shop.example.com', Port: '8443', 'Reviewed by': lea });
    accepted(await ada.click('← Back'));
    await ada.waitFor(onPage(3), 'page 3');
    expect(entry(ada.modal(), 'Purpose')).toBe('To sell things.');
    await next(4);
    expect(entry(ada.modal(), 'Host name')).toBe('shop.example.com');
    expect(entry(ada.modal(), 'Port')).toBe('8443');
    await next(5);
  });

  it('adds and removes entries of a list, each on a page of its own', async () => {
    await ada.fill({ Port: '80', Sources: '192.0.2.1\n192.0.2.2' });
    accepted(await ada.click('Add another'));
    await ada.waitFor((me) => wholeText(me.modal()!).includes('Firewall rules 2 of 2'), 'the second rule');
    await ada.fill({ Protocol: 'udp' });
    await ada.waitFor(has('Idle time'), 'the idle time');
    await ada.fill({ Port: '53', Sources: '192.0.2.3' });
    accepted(await ada.click('Add another'));
    await ada.waitFor((me) => wholeText(me.modal()!).includes('Firewall rules 3 of 3'), 'the third rule');
    accepted(await ada.click('Remove this one'));
    await ada.waitFor((me) => wholeText(me.modal()!).includes('Firewall rules 2 of 2'), 'the second rule');
    expect(entry(ada.modal(), 'Port')).toBe('53');
    const last = await next(7);
    expect(labels(last)).toEqual(['For how many hours?', 'Why?']);
  });

  it('leads back to the page of an error that came up meanwhile, with everything else as it was', async () => {
    for (const page of [6, 5, 4, 3, 2, 1]) {
      accepted(await ada.click('← Back'));
      await ada.waitFor(onPage(page), `page ${page}`);
    }
    // Somebody must be on call where there is an escalation: said at the field that is missing, on its own page.
    await ada.fill({ Escalation: ada.channel('#incidents')!.id });
    accepted(await ada.choose('Kind', 'schedule'));
    await ada.waitFor(has('Time'), 'the time');
    await ada.submit();
    await ada.waitFor((me) => Object.keys(me.modal()?.errors ?? {}).length > 0, 'an error at a required field');
    await ada.fill({ Time: '02:30', 'On call': oli });
    for (const page of [2, 3, 4, 5, 6, 7]) await next(page);
    await ada.fill({ reason: 'To see a form.', lease: '8' });
    accepted(await ada.submit());
    await ada.waitForModal('The plan');
    accepted(await ada.click('request_back'));
    await ada.waitFor(onPage(7), 'the last page');
    expect(entry(ada.modal(), 'For how many hours?')).toBe('8');
  });

  it('sends what shows, and nothing that is hidden', async () => {
    accepted(await ada.submit());
    await ada.waitForModal('The plan');
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    accepted(await ada.submit());
    await ada.waitFor((me) => me.modal() === undefined, 'the modal closed');
    const [request] = await bot.database.dataSource.query<{ parameters: Record<string, unknown> }[]>(
      'select parameters from requests',
    );
    expect(request?.parameters).toEqual({
      name: 'checkout',
      handle: 'mine',
      kind: 'schedule',
      time: '02:30:00Z',
      language: 'rust',
      signals: ['traces'],
      onCall: oli,
      escalation: ada.channel('#incidents')!.id,
      runtime: 'container',
      contact: expect.stringMatching(/^ada@/),
      launch: '2027-01-15',
      rehearsal: false,
      sampling: 0.1,
      labels: ['tier=gold', 'zone=eu'],
      purpose: 'To sell things.',
      network: { exposure: 'internet', port: 8443, hostname: 'shop.example.com', reviewedBy: lea },
      rules: [
        { protocol: 'tcp', port: 80, sources: ['192.0.2.1', '192.0.2.2'] },
        { protocol: 'udp', port: 53, sources: ['192.0.2.3'], idleSeconds: 30 },
      ],
    });
  });

  it('leads to another page when the last button finds something wrong there', async () => {
    await opened();
    await ada.fill({ Name: 'second', Kind: 'web' });
    await ada.waitFor(has('Path'), 'the path');
    await next(2);
    await next(3);
    await next(4);
    await next(5);
    const view = ada.modal();
    // Behind the form's back: as if the catalog had changed while the form was open.
    await bot.database.dataSource.query(
      `update request_drafts set form = jsonb_set(form, '{values,network/port}', '"0"'), version = version + 1
       where form->'values'->>'name' = 'second'`,
    );
    accepted(await ada.submit());
    const led = await ada.waitFor(onPage(4), 'the page of the network');
    expect(wholeText(led)).toContain('Port must be at least 1.');
    expect(blockIds(led)).not.toEqual(blockIds(view));
    await ada.fill({ Port: '80' });
    await next(5);
    accepted(await ada.submit());
    await ada.waitForModal('The plan');
    await ada.close(true);
  });

  it('goes on by one page when the button was pressed twice', async () => {
    await opened();
    await ada.fill({ Name: 'third', Kind: 'web' });
    await ada.waitFor(has('Path'), 'the path');
    await Promise.all([ada.submit(), ada.submit()]);
    await ada.waitFor(onPage(2), 'page 2');
    const [draft] = await bot.database.dataSource.query<{ page: string; step: number }[]>(
      `select form->>'page' as page, (form->>'step')::int as step from request_drafts where form->'values'->>'name' = 'third'`,
    );
    expect(draft).toEqual({ page: ':1', step: 1 });
    await ada.close(true);
  });
});
