import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Metrics } from '../../src/observability/index.js';
import { ContentRules } from '../../src/policy/index.js';
import { PreviewRequest, RequestRefused, type Submission, SubmitRequest } from '../../src/requests/index.js';
import { ResourceForbidden, Resources } from '../../src/resources/index.js';
import { idOf, RequestWorld } from '../builders/request-world.js';

const ruleOf = (id: string, mode: string, effect: string, when: string, more = ''): string => `id: ${id}
version: 1.0.0
title: Rule ${id}
owner: platform
mode: ${mode}
effect: ${effect}
when: ${when}
message: This is the message of ${id}.
${more}examples: [{ title: any, given: {}, expect: fires }]
`;
const ON_DESTROY = 'on: [destroy]\n';

const RULES = {
  'no-marble': ruleOf('no-marble', 'enforce', 'deny', "parameters.name == 'marble'"),
  'think-of-granite': ruleOf('think-of-granite', 'enforce', 'warn', "parameters.name == 'granite'"),
  'ask-for-gold': ruleOf(
    'ask-for-gold',
    'enforce',
    'needs-approval',
    "parameters.name == 'gold' && plan.creates == 1 && has(cost.monthly)",
    'approval: { count: 1, from: { team: platform, relation: member } }\n',
  ),
  'ask-nobody': ruleOf(
    'ask-nobody',
    'enforce',
    'needs-approval',
    "parameters.name == 'platinum'",
    'approval: { count: 3, from: { team: security, relation: member } }\n',
  ),
  'try-silver': ruleOf('try-silver', 'audit', 'deny', "parameters.name == 'silver'"),
  'was-bronze': ruleOf('was-bronze', 'off', 'deny', "parameters.name != ''"),
  'needs-a-field': ruleOf('needs-a-field', 'enforce', 'deny', "parameters.name == 'opal' && parameters.absent > 3"),
  'keep-marble': ruleOf('keep-marble', 'enforce', 'deny', "resource.title == 'Demo marble'", ON_DESTROY),
  'try-keeping': ruleOf('try-keeping', 'audit', 'deny', "resource.title == 'Demo silver'", ON_DESTROY),
};

describe('rules on content', () => {
  let world: RequestWorld;
  beforeAll(async () => {
    world = await RequestWorld.open(async (catalogDir) => {
      for (const [id, rule] of Object.entries(RULES)) await writeFile(join(catalogDir, 'policies', `${id}.yaml`), rule);
    });
  });
  afterAll(() => world.close());

  const wish = (name: string, change: Partial<Submission> = {}) =>
    world.wish('ada', 'development', { parameters: { name }, ...change });
  const preview = async (name: string, change: Partial<Submission> = {}) =>
    (await world.get(PreviewRequest).preview(await wish(name, change))).plan;
  const submit = async (name: string) => world.get(SubmitRequest).submit(await wish(name));
  const count = async (metric: 'ruleAttempts' | 'ruleDenials', rule: string, at = 'preview'): Promise<number> => {
    const { values } = await world.get(Metrics)[metric].get();
    return values
      .filter(({ labels }) => labels.rule === rule && labels.at === at)
      .reduce((sum, { value }) => sum + value, 0);
  };

  it('loads without a problem', () => {
    expect(world.get(ContentRules).problems()).toEqual([]);
  });

  it('says nothing about what no rule is about', async () => {
    const { decision } = await preview('wood');
    expect(decision.outcome).toBe('allow');
    expect(decision.reasons.map(({ rule }) => rule)).toEqual(['members-request-outside-production']);
  });

  it('refuses before anything is sent, and at submission, in the rule’s own words; only the refusal is kept', async () => {
    const { decision } = await preview('marble');
    expect(decision).toMatchObject({
      outcome: 'deny',
      reasons: [
        { rule: 'members-request-outside-production', outcome: 'allow' },
        {
          rule: 'no-marble',
          outcome: 'deny',
          message: 'This is the message of no-marble.',
          content: { title: 'Rule no-marble', owner: 'platform', effect: 'deny', mode: 'enforce' },
        },
      ],
    });
    await expect(submit('marble')).rejects.toThrow(RequestRefused);
    const refusals = await world.records({ kind: 'person', id: idOf('ada') });
    expect(refusals.at(-1)).toMatchObject({
      type: 'request.refused',
      data: { rules: [{ outcome: 'allow' }, { rule: 'no-marble', outcome: 'deny', effect: 'deny', mode: 'enforce' }] },
    });
  });

  it('warns, and lets it pass', async () => {
    expect((await preview('granite')).decision).toMatchObject({
      outcome: 'allow',
      reasons: [{ outcome: 'allow' }, { rule: 'think-of-granite', outcome: 'warn' }],
    });
    expect((await submit('granite')).state).toBe('provisioning');
  });

  it('wants an approval where the access rules want none', async () => {
    const request = await submit('gold');
    expect(request).toMatchObject({
      state: 'awaiting-approval',
      plan: { decision: { outcome: 'needs-approval', approval: { describe: expect.stringContaining('Platform') } } },
    });
  });

  it('refuses at once when it wants an approval that nobody could give', async () => {
    const { decision } = await preview('platinum');
    expect(decision.outcome).toBe('deny');
    expect(decision.reasons.at(-1)).toMatchObject({ rule: 'nobody-to-approve', outcome: 'deny' });
  });

  it('wants both approvals where access rules want one too', async () => {
    const { decision } = await preview('gold', { environment: 'production' });
    expect(decision.outcome).toBe('needs-approval');
    expect(decision.approval?.describe).toMatch(/Payments.*Platform/);
  });

  it('never grants what the access rules refuse', async () => {
    const { decision } = await preview('gold', { person: await world.person('sam') });
    expect(decision.outcome).toBe('deny');
    expect(decision.reasons.map(({ rule }) => rule)).toEqual(['only-members-request']);
  });

  it('lets pass what a rule is only tried out on, and writes down that it would not have', async () => {
    const request = await submit('silver');
    expect(request.state).toBe('provisioning');
    expect(request.plan.decision.reasons).toContainEqual(
      expect.objectContaining({
        rule: 'try-silver',
        outcome: 'audit',
        content: expect.objectContaining({ effect: 'deny' }),
      }),
    );
    const trail = await world.records({ kind: 'request', id: request.id });
    expect(trail.map(({ type }) => type)).toEqual(['policy.rule_tried', 'request.submitted']);
    expect(trail[0]).toMatchObject({
      summary: 'would not have passed “Rule try-silver”, which is only tried out',
      data: { rules: [{ rule: 'try-silver', outcome: 'audit', effect: 'deny', mode: 'audit' }] },
    });
  });

  it('refuses when a rule fails, with a sentence', async () => {
    const { decision } = await preview('opal');
    expect(decision.outcome).toBe('deny');
    expect(decision.reasons.at(-1)?.message).toMatch(
      /“Rule needs-a-field” could not be judged \(No such key: absent\)/,
    );
  });

  it('counts attempts and denials of each rule, and nothing of one that is off', async () => {
    const [attempts, denials] = [await count('ruleAttempts', 'no-marble'), await count('ruleDenials', 'no-marble')];
    await preview('marble');
    await preview('wood');
    expect(await count('ruleAttempts', 'no-marble')).toBe(attempts + 2);
    expect(await count('ruleDenials', 'no-marble')).toBe(denials + 1);
    expect(await count('ruleDenials', 'try-silver', 'submit')).toBe(1);
    expect(await count('ruleAttempts', 'was-bronze')).toBe(0);
  });

  it('looks at what is done to a resource later, too', async () => {
    const [kept, tried, other] = [
      await world.resource({ title: 'Demo marble' }),
      await world.resource({ title: 'Demo silver' }),
      await world.resource({ title: 'Demo wood' }),
    ];
    const destroy = async (resourceId: string) =>
      world.get(Resources).requestDestroy({ resourceId, person: await world.person('ada'), why: 'a test' });
    await expect(destroy(kept.id)).rejects.toThrow(ResourceForbidden);
    await expect(destroy(kept.id)).rejects.toThrow('This is the message of keep-marble. Nothing was changed.');
    expect((await world.get(Resources).get(kept.id)).state).toBe('active');
    expect((await destroy(other.id)).state).toBe('destroying');
    expect((await destroy(tried.id)).state).toBe('destroying');
    expect(await world.trail({ kind: 'resource', id: tried.id })).toContain('policy.rule_tried');
    const longer = { resourceId: kept.id, person: await world.person('ada') };
    expect((await world.get(Resources).extend(longer)).leaseEndsAt!.getTime()).toBeGreaterThan(
      kept.leaseEndsAt!.getTime(),
    );
  });
});
