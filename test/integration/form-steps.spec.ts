import { Catalog, Expressions } from '../../src/catalog/index.js';
import type { Person } from '../../src/identity/index.js';
import { Policy } from '../../src/policy/index.js';
import { Drafts } from '../../src/requests/index.js';
import type { Json } from '../../src/shared/index.js';
import { FormSteps, type SentPage } from '../../src/slack/request/form-steps.js';
import { RequestForms } from '../../src/slack/request/request-forms.js';
import { Core } from '../builders/core.js';

let core: Core;
let drafts: Drafts;
let forms: RequestForms;
let steps: FormSteps;
let ada: Person;

beforeAll(async () => {
  core = await Core.start();
  drafts = core.get(Drafts);
  forms = new RequestForms(core.get(Catalog), core.get(Policy), drafts, core.get(Expressions));
  steps = new FormSteps(core.get(Catalog), drafts, forms);
  ada = await core.person('ada');
}, 60_000);
afterAll(() => core.stop());

async function begun(): Promise<string> {
  const { private_metadata: metadata = '' } = await forms.blank(ada, 'service-profile', null);
  return (JSON.parse(metadata) as { draft: string }).draft;
}

/** What Slack tells of the first page: everything that stands in it, at that moment. */
function page(draftId: string, ts: string | null, typed: Record<string, Json>, step = 0): SentPage {
  const parameters = Object.entries(typed).map(([path, value]) => ({ path, variant: undefined, value }));
  const values = {
    parameters,
    teamId: undefined,
    environment: undefined,
    reason: undefined,
    leaseHours: undefined,
    titles: {},
  };
  return { draftId, step, ts, values };
}

async function typedIn(draftId: string): Promise<Json | undefined> {
  return (await drafts.get(draftId, ada.id)).form?.values.name;
}

describe('what comes from a form', () => {
  it('counts by when it was typed, not by when it arrives', async () => {
    const id = await begun();
    await steps.take(ada, page(id, '1700000002.000100', { name: 'ab' }), 'stay');
    const late = await steps.take(ada, page(id, '1700000001.000900', { name: 'a' }), 'stay');
    expect(late.isLate).toBe(true);
    expect(await typedIn(id)).toBe('ab');
  });

  it('ends with the newest, however many come at the same time', async () => {
    const id = await begun();
    const all = Array.from({ length: 6 }, (_, n) => page(id, `1700000000.00010${n}`, { name: `name${n}` }));
    await Promise.all(all.map((one) => steps.take(ada, one, 'stay')));
    expect(await typedIn(id)).toBe('name5');
  });

  it('is nothing any more when it comes from a page that was left', async () => {
    const id = await begun();
    await steps.take(ada, page(id, null, { name: 'kept' }), 'stay');
    await steps.goTo(ada, await drafts.get(id, ada.id), ':1');
    const late = await steps.take(ada, page(id, '1900000000.000100', { name: 'lost' }), 'stay');
    expect(late).toMatchObject({ isLate: true, draft: { form: { page: ':1', step: 1 } } });
    expect(await typedIn(id)).toBe('kept');
  });

  it('moves on once when two want to at the same time', async () => {
    const id = await begun();
    const draft = await drafts.get(id, ada.id);
    const both = await Promise.all([steps.goTo(ada, draft, ':1'), steps.goTo(ada, draft, ':2')]);
    expect(both.map(({ form }) => form?.step)).toEqual([1, 1]);
    expect(new Set(both.map(({ form }) => form?.page)).size).toBe(1);
  });

  it('belongs to one person', async () => {
    const id = await begun();
    const ben = await core.person('ben');
    await expect(steps.take(ben, page(id, null, { name: 'x' }), 'stay')).rejects.toMatchObject({
      code: 'requests.draft_gone',
    });
    const draft = await drafts.get(id, ada.id);
    expect(await drafts.update({ ...draft, personId: ben.id }, draft)).toBeNull();
  });

  it('forgets the plan that was looked at when it changes, and changes nothing on a version that is gone', async () => {
    const id = await begun();
    await drafts.setPlan(id, 'sha256:1');
    const draft = await drafts.get(id, ada.id);
    expect(await drafts.update(draft, { ...draft, reason: 'new' })).toMatchObject({
      planDigest: null,
      reason: 'new',
      version: draft.version + 1,
    });
    expect(await drafts.update(draft, { ...draft, reason: 'old' })).toBeNull();
    expect((await drafts.get(id, ada.id)).reason).toBe('new');
  });

  it('can begin from what was requested before', async () => {
    const parameters = {
      name: 'orders',
      kind: 'worker',
      queue: 'q',
      network: { exposure: 'team', port: 1 },
      rules: [{ port: 5 }],
    };
    const content = {
      itemName: 'service-profile',
      teamId: 'payments',
      environment: 'staging',
      reason: '',
      leaseHours: 2,
    };
    const id = await drafts.save(ada.id, { ...content, parameters, originChannelId: null }, null);
    const form = forms.formOf(ada, await drafts.get(id, ada.id));
    expect(form.parameters).toMatchObject({
      name: 'orders',
      queue: 'q',
      network: { port: 1 },
      rules: [{ port: 5, protocol: 'tcp' }],
    });
    expect(form.errors).toEqual([{ field: 'rules/0/sources', message: 'Sources is missing. Please fill it in.' }]);
  });
});
