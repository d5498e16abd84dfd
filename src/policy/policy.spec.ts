import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { KnownActions } from '../../test/fakes/known-actions.js';
import { RememberedVersions } from '../../test/fakes/remembered-versions.js';
import { SlackPeople } from '../../test/fakes/slack-people.js';
import { Catalog, CatalogLoader, Expressions } from '../catalog/index.js';
import { People, type Person } from '../identity/index.js';
import { formatProblem } from '../platform/documents/index.js';
import { SystemClock } from '../shared/index.js';
import { AccessBook, readAccess } from './access-book.js';
import { Policy } from './policy.js';
import type { ApprovalNeed, PolicySubject, Verb } from './policy-decision.js';

const SHIPPED = readFileSync('catalog/access.yaml', 'utf8');
const EVERYBODY = ['ada', 'ben', 'lea', 'sam', 'oli', 'pia', 'eve'];
let catalog: Catalog;
let folder: string;
let versions: RememberedVersions;
let slack: SlackPeople;
let people: People;
let policy: Policy;

async function policyOf(access: string): Promise<Policy> {
  writeFileSync(join(folder, 'access.yaml'), access);
  const book = new AccessBook(folder, catalog, versions);
  await book.reload();
  people = new People(slack, book, new SystemClock());
  return new Policy(book, people);
}

const person = (name: string): Promise<Person> => people.get(`U0${name.toUpperCase()}`);

beforeAll(async () => {
  Logger.overrideLogger(false);
  catalog = new Catalog(
    { catalogDir: 'catalog', runbooksDir: 'runbooks' },
    new CatalogLoader(new Expressions(), new KnownActions()),
    new RememberedVersions(),
  );
  await catalog.reload();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'access-'));
  versions = new RememberedVersions();
  slack = new SlackPeople(EVERYBODY);
  policy = await policyOf(SHIPPED);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function request(name: string, environment: string, teamId = 'payments', itemName = 'postgres-database') {
  return policy.decideRequest({
    person: await person(name),
    item: catalog.item(itemName),
    teamId,
    environment,
    parameters: {},
  });
}

/** Everybody who may vote in some stage, the requester left out. */
async function eligible({ stages }: ApprovalNeed, requesterId: string): Promise<Person[]> {
  const groups = stages.flatMap(({ all }) => all);
  const found = await Promise.all(groups.map(({ from }) => policy.voters(from, { fresh: true })));
  const people = new Map(found.flat().map((one) => [one.id, one]));
  people.delete(requesterId);
  return [...people.values()];
}

describe('requests, by the rules we ship', () => {
  it('loads without a problem', () => {
    expect(policy.problems().map(formatProblem)).toEqual([]);
    expect(policy.teams()).toContainEqual({
      id: 'payments',
      title: 'Payments',
      channel: 'team-payments',
      approvalsChannel: 'approvals',
    });
  });

  it('grants members development at once', async () => {
    expect(await request('ada', 'development')).toEqual({
      outcome: 'allow',
      reasons: [
        { rule: 'members-request-outside-production', outcome: 'allow', message: expect.stringContaining('at once') },
      ],
    });
    expect((await request('lea', 'staging')).outcome).toBe('allow');
  });

  it('wants a lead of the owning team for production', async () => {
    const decision = await request('ada', 'production');
    expect(decision).toMatchObject({ outcome: 'needs-approval', reasons: [{ rule: 'production-needs-a-lead' }] });
    expect(decision.approval).toEqual({
      stages: [{ all: [{ count: 1, from: { teamId: 'payments', relation: 'lead' }, describe: '1 lead of Payments' }] }],
      describe: '1 lead of Payments, not the requester',
      expiresAfterSeconds: 86_400,
    });
    expect((await eligible(decision.approval!, 'U0ADA')).map(({ name }) => name)).toEqual(['lea']);
  });

  it('says so at once when nobody could approve: the only lead asks for production', async () => {
    const decision = await request('lea', 'production');
    expect(decision.outcome).toBe('deny');
    expect(decision.reasons.map(({ rule }) => rule)).toEqual(['production-needs-a-lead', 'nobody-to-approve']);
  });

  it.each(['pia', 'oli', 'sam', 'eve'])('refuses %s, who is not of the team, in the rule’s own words', async (name) => {
    for (const environment of ['development', 'production'])
      expect(await request(name, environment)).toEqual({
        outcome: 'deny',
        reasons: [
          {
            rule: 'only-members-request',
            outcome: 'deny',
            message: expect.stringMatching(/^Only members of the owning team .* Ask one of them/),
          },
        ],
      });
  });

  it('refuses an unknown environment and an unknown team', async () => {
    expect(await request('ada', 'moon')).toMatchObject({
      outcome: 'deny',
      reasons: expect.arrayContaining([expect.objectContaining({ rule: 'item-environment' })]),
    });
    expect(await request('ada', 'development', 'nowhere')).toMatchObject({
      outcome: 'deny',
      reasons: expect.arrayContaining([expect.objectContaining({ rule: 'unknown-team' })]),
    });
  });

  it('refuses what is retired or a draft', async () => {
    for (const lifecycle of ['retired', 'draft'] as const)
      expect(
        policy.decideRequest({
          person: await person('ada'),
          item: { ...catalog.item('demo-service'), lifecycle },
          teamId: 'payments',
          environment: 'development',
          parameters: {},
        }),
      ).toMatchObject({
        outcome: 'deny',
        reasons: expect.arrayContaining([expect.objectContaining({ rule: `item-${lifecycle}` })]),
      });
  });
});

describe('other verbs, by the rules we ship', () => {
  const resource = (environment: string): PolicySubject => ({
    kind: 'resource',
    teamId: 'payments',
    environment,
    itemName: 'postgres-database',
    ownerId: 'U0ADA',
  });
  const allowed = async (verb: Verb, subject: PolicySubject): Promise<string[]> => {
    const all = await Promise.all(
      EVERYBODY.map(async (name) => (policy.can(await person(name), verb, subject).allowed ? [name] : [])),
    );
    return all.flat();
  };

  it.each<[Verb, string, string[]]>([
    ['view', 'production', ['ada', 'ben', 'lea', 'sam', 'oli', 'pia']],
    ['fetch-secret', 'production', ['ada']],
    ['extend', 'development', ['ada', 'ben', 'lea']],
    ['extend', 'production', ['ada', 'lea']],
    ['destroy', 'development', ['ada', 'ben', 'lea', 'pia']],
    ['destroy', 'production', ['ada', 'lea', 'pia']],
    ['transfer', 'production', ['ada', 'lea', 'pia']],
    ['cancel', 'production', ['ada', 'lea', 'pia']],
    ['approve', 'production', ['lea']],
    ['declare', 'production', EVERYBODY],
    ['audit', 'production', ['sam', 'pia']],
    ['administer', 'production', ['pia']],
    ['request', 'development', ['ada', 'ben', 'lea']],
    ['request', 'production', []],
  ])('lets the right people %s in %s', async (verb, environment, names) => {
    expect(await allowed(verb, resource(environment))).toEqual(names);
  });

  it('never lets anybody approve what they requested themselves', async () => {
    const own = { ...resource('production'), ownerId: 'U0LEA' };
    expect(policy.can(await person('lea'), 'approve', own)).toMatchObject({
      allowed: false,
      reason: expect.stringMatching(/^Nobody approves/),
    });
  });

  it('says whom to ask when no rule spoke', async () => {
    expect(policy.can(await person('eve'), 'destroy', resource('production'))).toEqual({
      allowed: false,
      reason: 'No rule lets you destroy this in production. Ask in #team-payments, or in #team-platform, who may.',
    });
  });
});

describe('playbook steps, by the rules and runbooks we ship', () => {
  const affected = { teamId: 'payments', environment: 'production', itemName: 'postgres-database' };
  const decide = async (name: string, stepName: string, resource?: typeof affected) => {
    const runbook = catalog.runbook('postgres-too-many-connections');
    const step = runbook.steps.find((one) => one.name === stepName)!;
    return policy.decidePlaybookStep({ person: await person(name), runbook, step, ...(resource && { resource }) });
  };

  it('lets responders and owners look, and everybody tick off checks', async () => {
    expect((await decide('oli', 'connections', affected)).outcome).toBe('allow');
    expect((await decide('ada', 'connections', affected)).outcome).toBe('allow');
    expect((await decide('eve', 'connections', affected)).outcome).toBe('deny');
    expect((await decide('eve', 'symptom')).outcome).toBe('allow');
  });

  it('wants the approval the step names before it acts', async () => {
    const decision = await decide('oli', 'raiseLimit', affected);
    expect(decision).toMatchObject({
      outcome: 'needs-approval',
      approval: {
        stages: [{ all: [{ count: 1, from: { teamId: 'payments', relation: 'lead' } }] }],
        expiresAfterSeconds: 1800,
      },
    });
    expect(decision.reasons.map(({ rule }) => rule)).toEqual([
      'responders-run-steps',
      'runbook:postgres-too-many-connections/raiseLimit',
    ]);
  });

  it('never grants by wanting an approval', async () => {
    expect((await decide('eve', 'raiseLimit', affected)).outcome).toBe('deny');
  });

  it('refuses a step that needs the owning team when no resource is named', async () => {
    expect(await decide('oli', 'raiseLimit')).toMatchObject({
      outcome: 'deny',
      reasons: expect.arrayContaining([expect.objectContaining({ rule: 'no-owning-team' })]),
    });
  });
});

describe('whatever the rules', () => {
  const environments = ['development', 'staging', 'production'];
  const who = fc.constantFrom(
    '{ relation: member }',
    '{ relation: lead }',
    '{ relation: outsider }',
    '{ role: on-call }',
    '{ role: administrator }',
    '{ team: security }',
    '{ self: true }',
    '{ anyone: true }',
  );
  const from = fc.constantFrom(
    '{ relation: lead }',
    '{ relation: member }',
    '{ role: administrator }',
    '{ role: auditor }',
    '{ team: security }',
  );
  const rule = fc.record({
    who: fc.uniqueArray(who, { minLength: 1, maxLength: 3 }),
    environments: fc.option(fc.subarray(environments, { minLength: 1 })),
    effect: fc.constantFrom('allow', 'deny', 'needs-approval'),
    from,
    count: fc.integer({ min: 1, max: 3 }),
  });
  const accessOf = (
    rules: { who: string[]; environments: string[] | null; effect: string; from: string; count: number }[],
  ): string => {
    const head = SHIPPED.slice(0, SHIPPED.indexOf('\nrules:'));
    const lines = rules.map((one, index) =>
      [
        `  - id: rule-${index}`,
        '    can: [request]',
        `    who: [${one.who.join(', ')}]`,
        one.environments === null ? '' : `    environments: [${one.environments.join(', ')}]`,
        `    effect: ${one.effect}`,
        one.effect === 'needs-approval' ? `    approval: { count: ${one.count}, from: ${one.from} }` : '',
        `    message: Rule ${index}.`,
      ].join('\n'),
    );
    return `${head}\nrules:\n${lines.join('\n')}\n`;
  };

  it('the requester is never eligible, and enough others are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...EVERYBODY),
        fc.constantFrom(...environments),
        async (rules, name, environment) => {
          policy = await policyOf(accessOf(rules));
          const decision = await request(name, environment, 'payments');
          expect(decision.outcome === 'needs-approval').toBe(decision.approval !== undefined);
          if (decision.approval === undefined) return;
          const requester = `U0${name.toUpperCase()}`;
          const voters = (await eligible(decision.approval, requester)).map(({ id }) => id);
          expect(voters).not.toContain(requester);
          const wanted = decision.approval.stages.flatMap(({ all }) => all).map(({ count }) => count);
          expect(voters.length).toBeGreaterThanOrEqual(wanted.reduce((sum, count) => sum + count, 0));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('the strictest rule that spoke wins, every one is listed, and no rule is a no', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...EVERYBODY),
        fc.constantFrom(...environments),
        async (rules, name, environment) => {
          policy = await policyOf(accessOf(rules));
          const { outcome, reasons } = await request(name, environment, 'payments');
          const spoke = reasons.filter(({ rule: id }) => id.startsWith('rule-')).map((reason) => reason.outcome);
          expect(reasons.length).toBeGreaterThan(0);
          if (spoke.length === 0 || spoke.includes('deny')) expect(outcome).toBe('deny');
          else if (spoke.includes('needs-approval')) expect(outcome).not.toBe('allow');
          else expect(outcome).toBe('allow');
          if (outcome === 'allow') expect(new Set(spoke)).toEqual(new Set(['allow']));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('several approvals', () => {
  it('merges those by the same people, and wants all of those by different ones', async () => {
    const rules = (second: string): string =>
      SHIPPED.replace(
        '\nrules:',
        `\nrules:\n  - id: extra\n    can: [request]\n    who: [{ anyone: true }]\n    items: [postgres-database]\n    effect: needs-approval\n    approval: { ${second} }\n    message: Databases want care.`,
      );
    policy = await policyOf(rules('count: 1, from: { relation: lead }, expiresAfterHours: 2'));
    expect(await request('ada', 'production')).toMatchObject({
      outcome: 'needs-approval',
      approval: { stages: [{ all: [{ count: 1 }] }], expiresAfterSeconds: 7200 },
    });
    expect((await request('ada', 'production', 'payments', 'demo-service')).reasons).toHaveLength(1);
    policy = await policyOf(rules('from: { role: security-reviewer }'));
    expect(await request('ada', 'production')).toMatchObject({
      outcome: 'needs-approval',
      approval: {
        stages: [{ all: [{ from: { role: 'security-reviewer' } }, { from: { relation: 'lead' } }] }],
        describe: '1 security reviewer and 1 lead of Payments, not the requester',
        expiresAfterSeconds: 86_400,
      },
    });
    expect(await request('ada', 'development')).toMatchObject({
      outcome: 'needs-approval',
      approval: { describe: '1 security reviewer, not the requester' },
    });
  });

  it('trusts a user group to have people until votes are counted', async () => {
    slack.groups.set('leads', ['U0LEA']);
    policy = await policyOf(
      SHIPPED.replace('leads: { emails: [lea@quartermaster.test] }', 'leads: { slackGroups: ["@leads"] }'),
    );
    const decision = await request('lea', 'production');
    expect(decision.outcome).toBe('needs-approval');
    expect(await eligible(decision.approval!, 'U0LEA')).toEqual([]);
    expect((await eligible(decision.approval!, 'U0ADA')).map(({ name }) => name)).toEqual(['lea']);
  });

  it('fails closed when Slack cannot say who may vote', async () => {
    const { approval } = await request('ada', 'production');
    slack.down = true;
    await expect(eligible(approval!, 'U0ADA')).rejects.toMatchObject({ code: 'identity.slack_unavailable' });
  });
});

describe('a broken access.yaml', () => {
  it('leaves the last good rules in force, in memory and after a restart', async () => {
    writeFileSync(join(folder, 'access.yaml'), 'rules: [');
    await policy.reload();
    expect((await request('ada', 'development')).outcome).toBe('allow');
    expect(policy.problems().at(-1)?.message).toMatch(/last good access rules \(1\.2\.0\) stay in force/);
    policy = await policyOf('rules: [');
    expect((await request('ada', 'development')).outcome).toBe('allow');
  });

  it('denies everything aloud when there never were good ones', async () => {
    const ada = await person('ada');
    versions = new RememberedVersions();
    policy = await policyOf('rules: [');
    const decision = policy.decideRequest({
      person: ada,
      item: catalog.item('demo-service'),
      teamId: 'payments',
      environment: 'development',
      parameters: {},
    });
    expect(decision).toMatchObject({ outcome: 'deny', reasons: [{ rule: 'no-access-rules' }] });
    expect(policy.can(ada, 'declare', { kind: 'incident' })).toMatchObject({
      allowed: false,
      reason: expect.stringMatching(/could not be loaded/),
    });
    expect(policy.teams()).toEqual([]);
  });

  it.each([
    [
      'an unknown role',
      'role: platform-engineer }]\n    effect',
      'role: platform-enginer }]\n    effect',
      /there is no role “platform-enginer”; write “platform-engineer” instead/,
    ],
    [
      'an unknown environment',
      'environments: [production]',
      'environments: [prodution]',
      /there is no environment “prodution”; write “production” instead/,
    ],
    [
      'an unknown verb',
      'can: [declare]',
      'can: [declair]',
      /rules\[\d+\]\.can\[0\] is not one of the allowed values; write “declare” instead/,
    ],
    [
      'an approval without the effect',
      'effect: needs-approval',
      'effect: allow',
      /approval belongs to the effect needs-approval/,
    ],
    [
      'an approval for another verb',
      'can: [request]\n    who: [{ relation: member }]\n    environments: [production]',
      'can: [destroy]\n    who: [{ relation: member }]',
      /only request, run-step, operate and upgrade can wait/,
    ],
    ['a rule twice', 'id: requester-cancels', 'id: anyone-declares', /“anyone-declares” is there already/],
    ['a team nobody leads', 'leads: { emails: [sam@quartermaster.test] }', 'leads: {}', /nobody leads Security/],
    ['a bad e-mail address', 'ada@quartermaster.test', 'ada', /members\.emails\[0\]/],
    ['a bad channel', '"#team-payments"', 'team-payments', /write a channel as "#name"/],
    ['an unknown kind of person', '{ anyone: true }', '{ everyone: true }', /everyone/],
  ])('names %s with its place', (_what, from, to, message) => {
    expect(SHIPPED).toContain(from);
    const { problems } = readAccess(SHIPPED.replace(from, to));
    expect(problems.map(formatProblem)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
    expect(problems.map(formatProblem)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^catalog\/access\.yaml:\d+:\d+: /)]),
    );
  });

  it('warns of a rule for an item the catalog does not have, and keeps it', async () => {
    policy = await policyOf(SHIPPED.replace('can: [declare]', 'can: [declare]\n    items: [postgres-databse]'));
    expect(policy.problems().map(formatProblem)).toEqual([
      expect.stringMatching(/there is no catalog item “postgres-databse”; write “postgres-database” instead/),
    ]);
    expect(policy.teams()).not.toEqual([]);
  });
});
