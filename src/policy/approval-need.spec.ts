import { readFileSync } from 'node:fs';
import type { Person } from '../identity/index.js';
import { formatProblem } from '../platform/documents/index.js';
import { readAccess } from './access-book.js';
import type { AccessDocument } from './access-document.js';
import { approvalParser } from './approval-document.js';
import { approvalNeed, wantedByRule, wantedByStep } from './approval-need.js';
import { canBeMet } from './enough-voters.js';

const SHIPPED = readFileSync('catalog/access.yaml', 'utf8');
const MANAGED = SHIPPED.replace('\nrules:', '\nmanagers: { Ada@quartermaster.test: lea@quartermaster.test }\n\nrules:');

function accessOf(source: string): AccessDocument {
  const reading = readAccess(source);
  if (!reading.ok) throw new Error(reading.problems.map(formatProblem).join('\n'));
  return reading.access;
}
const access = accessOf(MANAGED);
const person = (name: string): Person => ({
  id: `U0${name.toUpperCase()}`,
  email: `${name}@quartermaster.test`,
  name,
  teams: [],
  roles: [],
});
const about = { requester: person('ada'), teamId: 'payments', itemOwner: 'platform' };
const need = (...rules: object[]) =>
  approvalNeed(
    rules.map((rule) => wantedByRule(approvalParser.parse(rule))),
    about,
    access,
  )!;

describe('what several rules want', () => {
  it('comes into one stage, where all must agree, with the shortest times', () => {
    const merged = need(
      { from: { relation: 'lead' }, expiresAfterHours: 24 },
      { count: 2, from: { itemOwners: true }, expiresAfterHours: 8, remindAfterHours: 2 },
      { from: { manager: true }, remindAfterHours: 4 },
    );
    expect(merged).toEqual({
      stages: [
        {
          all: [
            { count: 1, from: { teamId: 'payments', relation: 'lead' }, describe: '1 lead of Payments' },
            { count: 2, from: { teamId: 'platform', relation: 'member' }, describe: '2 members of Platform' },
            { count: 1, from: { managerOf: 'ada@quartermaster.test' }, describe: 'the requester’s manager' },
          ],
        },
      ],
      describe: '1 lead of Payments and 2 members of Platform and the requester’s manager, not the requester',
      expiresAfterSeconds: 8 * 3600,
      remindAfterSeconds: 2 * 3600,
    });
  });

  it('follows the order that a rule names', () => {
    const chain = { stages: [{ all: [{ from: { relation: 'lead' } }] }, { all: [{ from: { role: 'auditor' } }] }] };
    expect(need(chain, { from: { role: 'security-reviewer' }, stage: 2 }, { from: { role: 'on-call' } }).describe).toBe(
      'first 1 lead of Payments and 1 on-call engineer, then 1 auditor and 1 security reviewer, not the requester',
    );
    expect(need({ from: { role: 'auditor' }, stage: 3 }).stages).toHaveLength(1);
  });

  it('wants the most votes of those who are wanted twice, and escalates only where both do', () => {
    const slow = { escalateTo: { role: 'auditor' }, escalateAfterHours: 8 };
    const [both] = need({ from: { relation: 'lead' }, ...slow }, { count: 2, from: { relation: 'lead' }, ...slow })
      .stages[0]!.all;
    expect(both).toMatchObject({ count: 2, escalation: { to: { role: 'auditor' }, afterSeconds: 8 * 3600 } });
    const [one] = need({ from: { relation: 'lead' }, ...slow }, { from: { relation: 'lead' } }).stages[0]!.all;
    expect(one).not.toHaveProperty('escalation');
  });

  it('is not known without the team or the item that it depends on', () => {
    const step = wantedByStep({ count: 1, from: { relation: 'lead' }, expiresAfterSeconds: 60 });
    expect(approvalNeed([step], { requester: person('ada') }, access)).toBeNull();
    const owners = wantedByRule(approvalParser.parse({ from: { itemOwners: true } }));
    expect(approvalNeed([owners], { requester: person('ada'), teamId: 'payments' }, access)).toBeNull();
  });
});

describe('whether enough people are named', () => {
  const met = (requester: string, ...rules: object[]): boolean =>
    canBeMet(need(...rules), `${requester}@quartermaster.test`, access);

  it('counts nobody twice over the whole chain, and never the requester', () => {
    const sam = { from: { role: 'security-reviewer' } };
    const auditor = { from: { role: 'auditor' }, stage: 2 };
    expect(met('ada', sam, auditor)).toBe(true);
    expect(met('pia', sam, auditor)).toBe(false);
    expect(met('ada', sam, { from: { team: 'security' }, stage: 2 })).toBe(false);
    expect(met('ada', { count: 2, from: { role: 'auditor' } }, { from: { team: 'platform', relation: 'lead' } })).toBe(
      false,
    );
  });

  it('counts those it may escalate to', () => {
    expect(met('lea', { from: { relation: 'lead' } })).toBe(false);
    expect(met('lea', { from: { relation: 'lead' }, escalateTo: { role: 'auditor' }, escalateAfterHours: 1 })).toBe(
      true,
    );
  });

  it('knows the manager, and that somebody has none', () => {
    expect(met('ada', { from: { manager: true } })).toBe(true);
    const ben = { ...about, requester: person('ben') };
    const manager = wantedByRule(approvalParser.parse({ from: { manager: true } }));
    expect(canBeMet(approvalNeed([manager], ben, access)!, 'ben@quartermaster.test', access)).toBe(false);
  });
});

describe('a bad approval in access.yaml', () => {
  const short = '{ count: 1, from: { relation: lead }, expiresAfterHours: 24 }';
  it.each([
    [
      'both forms',
      '{ from: { relation: lead }, stages: [{ all: [{ from: { role: auditor } }] }] }',
      /write either “from”/,
    ],
    ['neither form', '{ count: 1 }', /write either “from”/],
    ['a count beside stages', '{ count: 2, stages: [{ all: [{ from: { role: auditor } }] }] }', /short form/],
    ['an unknown role in a stage', '{ stages: [{ all: [{ from: { role: auditr } }] }] }', /write “auditor” instead/],
    ['an empty stage', '{ stages: [{ all: [] }] }', /stages\[0\]\.all/],
    [
      'an escalation without a time',
      '{ from: { relation: lead }, escalateTo: { role: auditor } }',
      /write both or neither/,
    ],
    [
      'an escalation after the end',
      '{ from: { relation: lead }, escalateTo: { role: auditor }, escalateAfterHours: 30 }',
      /after the approval has expired/,
    ],
  ])('is named with its place: %s', (_what, approval, message) => {
    expect(SHIPPED).toContain(short);
    const { problems } = readAccess(SHIPPED.replace(short, approval));
    expect(problems.map(formatProblem)).toEqual([expect.stringMatching(/^catalog\/access\.yaml:\d+:\d+: /)]);
    expect(problems.map(formatProblem).join()).toMatch(message);
  });

  it('and nobody is their own manager', () => {
    const { problems } = readAccess(MANAGED.replace(': lea@quartermaster.test }', ': ada@quartermaster.test }'));
    expect(problems.map(formatProblem)).toEqual([expect.stringMatching(/nobody is their own manager/)]);
  });
});
