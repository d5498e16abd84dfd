import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { KnownActions } from '../../../test/fakes/known-actions.js';
import { RememberedVersions } from '../../../test/fakes/remembered-versions.js';
import { Catalog, CatalogLoader, Expressions } from '../../catalog/index.js';
import { formatProblem } from '../../platform/documents/index.js';
import { AccessBook } from '../access-book.js';
import { testPolicies } from '../test-policies.js';
import { RuleBook } from './rule-book.js';

const GOOD = `id: no-tests
version: 1.0.0
title: No tests
owner: platform
mode: enforce
effect: deny
items: [postgres-database]
when: >-
  parameters.name == 'test' &&
  environment == 'production'
message: Not a name for \${{ environment }}.
examples:
  - title: a test in production
    given: { item: postgres-database, environment: production, parameters: { name: test } }
    expect: fires
`;

let folder: string;
let versions: RememberedVersions;
let catalog: Catalog;

beforeAll(() => {
  Logger.overrideLogger(false);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
  cpSync('catalog', folder, { recursive: true });
  rmSync(join(folder, 'policies'), { recursive: true });
  rmSync(join(folder, 'freezes.yaml'));
  mkdirSync(join(folder, 'policies'));
  versions = new RememberedVersions();
  catalog = new Catalog(
    { catalogDir: folder, runbooksDir: 'runbooks' },
    new CatalogLoader(new Expressions(), new KnownActions()),
    versions,
  );
  await catalog.reload();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, source: string): void => {
  writeFileSync(join(folder, name), source);
};

async function book(): Promise<RuleBook> {
  const access = new AccessBook(folder, catalog, versions);
  await access.reload();
  const made = new RuleBook(folder, access, catalog, versions);
  await made.reload();
  return made;
}

async function problemsOf(source: string): Promise<string[]> {
  write('policies/rule.yaml', source);
  return (await book()).problems().map(formatProblem);
}

it('ships rules without a problem, and every example says what it should', async () => {
  const { problems, examples, rules } = await testPolicies('catalog', catalog.list());
  expect(problems.map(formatProblem)).toEqual([]);
  expect(rules.length).toBeGreaterThanOrEqual(5);
  expect(examples.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(examples.length).toBeGreaterThanOrEqual(rules.length * 2);
});

describe('a file that is wrong', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'an unknown key',
      'owner: platform',
      'owner: platform\nownr: platform',
      /rule\.yaml:5:1: “ownr” is not known here; .*docs\/policies\.md/,
    ],
    [
      'an unknown field',
      'parameters.name',
      'parameter.name',
      /rule\.yaml:9:3: .*Unknown variable: parameter; did you mean parameters/,
    ],
    [
      'a mistake further down',
      'environment ==',
      'enviroment ==',
      /rule\.yaml:10:3: .*enviroment; did you mean environment/,
    ],
    [
      'an unknown parameter',
      'parameters.name',
      'parameters.nam',
      /rule\.yaml:9:3: .*postgres-database has no parameter nam; did you mean parameters\.name/,
    ],
    ['a wrong type', "== 'production'", '== 7', /rule\.yaml:10:3: .*no such overload: string == int/],
    [
      'an unknown team',
      'owner: platform',
      'owner: platfrm',
      /rule\.yaml:4:8: there is no team “platfrm”; write “platform” instead/,
    ],
    [
      'a wrong mode',
      'mode: enforce',
      'mode: enforced',
      /rule\.yaml:5:7: mode is not one of .*; write “enforce” instead/,
    ],
    [
      'an approval nobody asked for',
      'effect: deny',
      'effect: deny\napproval: { from: { relation: lead } }',
      /approval belongs to the effect needs-approval/,
    ],
    [
      'an approval of a role that does not exist',
      'effect: deny',
      'effect: needs-approval\napproval: { from: { role: boss } }',
      /there is no role “boss”/,
    ],
    ['no example that fires', 'expect: fires', 'expect: silent', /no example shows the rule firing/],
    [
      'a wrong word in a message',
      '{{ environment }}',
      '{{ environ }}',
      /rule\.yaml:11:\d+: .*Unknown variable: environ; did you mean environment/,
    ],
    [
      'when and opa',
      'message:',
      'opa: { url: "http://127.0.0.1:1", path: a/b }\nmessage:',
      /a rule fires by “when” or by “opa”/,
    ],
    [
      'an approval for a day-2 verb',
      'effect: deny',
      'effect: needs-approval\non: [destroy]\napproval: { from: { relation: lead } }',
      /only a request can wait for an approval/,
    ],
    [
      'given what nobody knows',
      'environment: production',
      'enviroment: production',
      /examples\[0\]|“enviroment” is not known here/,
    ],
  ])('%s is told with line and remedy', async (_title, from, to, expected) => {
    expect(GOOD).toContain(from);
    const problems = await problemsOf(GOOD.replace(from, to));
    expect(problems.join('\n')).toMatch(expected);
    expect(problems.at(-1)).toMatch(/rule\.yaml:1:1: nothing of this file is in force; mend the file/);
  });

  it('explodes nobody: aliases, endless nesting, a huge file', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
      .map(
        (name, index) =>
          `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'.charAt(index)}`).join(',')}]`,
      )
      .join('\n')}\n`;
    expect((await problemsOf(bomb)).join('\n')).toMatch(/expands too many aliases/);
    expect((await problemsOf('['.repeat(20_000))).join('\n')).toMatch(/rule\.yaml:/);
    expect((await problemsOf(`x: "${'y'.repeat(300_000)}"`)).join('\n')).toMatch(/larger than/);
  });

  it('never hides a good one, and its last good version goes on', async () => {
    write('policies/a.yaml', GOOD);
    write('policies/b.yaml', GOOD.replace('id: no-tests', 'id: other'));
    const rules = await book();
    write('policies/a.yaml', GOOD.replace('parameters.name', 'parameters.nam').replace('1.0.0', '2.0.0'));
    write('policies/b.yaml', GOOD.replace('id: no-tests', 'id: other').replace('1.0.0', '2.0.0'));
    await rules.reload();
    expect(rules.rules().map(({ rule }) => `${rule.id} ${rule.version}`)).toEqual(['no-tests 1.0.0', 'other 2.0.0']);
    expect(rules.problems().map(formatProblem).at(-1)).toMatch(
      /a\.yaml:1:1: no-tests 1\.0\.0, the last good version, stays in force/,
    );
    // After a restart as well, from the database.
    expect((await book()).find('no-tests')?.version).toBe('1.0.0');
  });

  it('keeps the first of two rules with one id', async () => {
    write('policies/a.yaml', GOOD);
    write('policies/b.yaml', GOOD.replace('No tests', 'Another'));
    const rules = await book();
    expect(rules.rules().map(({ rule }) => rule.title)).toEqual(['No tests']);
    expect(rules.problems().map(formatProblem).join('\n')).toMatch(
      /b\.yaml:1:1: .*a\.yaml has the id “no-tests” already/,
    );
  });

  it('forgets a rule whose file is gone', async () => {
    write('policies/a.yaml', GOOD);
    const rules = await book();
    rmSync(join(folder, 'policies/a.yaml'));
    await rules.reload();
    expect(rules.rules()).toEqual([]);
  });

  it('keeps all rules when the folder is gone: that says nothing about them', async () => {
    write('policies/a.yaml', GOOD);
    const rules = await book();
    rmSync(join(folder, 'policies'), { recursive: true });
    await rules.reload();
    expect(rules.find('no-tests')).not.toBeNull();
    expect(rules.problems().map(formatProblem).join('\n')).toMatch(/catalog\/policies:1:1: it cannot be read/);
  });
});

describe('freezes.yaml', () => {
  const FREEZES = readFileSync('catalog/freezes.yaml', 'utf8');

  it.each([
    ['zone: Europe/Berlin', 'zone: Europe/Berln', /there is no such time zone/],
    ['from: 2025-12-19T18:00', 'from: 2025-02-30', /there is no such date/],
    ['from: 2025-12-19T18:00', 'from: tomorrow', /write a date like/],
    ['from: 2025-12-19T18:00', 'from: 2027-12-19', /it ends before it begins/],
    ['[production]', '[prod]', /there is no environment “prod”/],
  ])('%s → %s is told, and the last good windows stay in force', async (from, to, expected) => {
    write('freezes.yaml', FREEZES);
    const rules = await book();
    write('freezes.yaml', FREEZES.replace(from, to));
    await rules.reload();
    expect(rules.problems().map(formatProblem).join('\n')).toMatch(expected);
    expect(rules.freezes().freezes.map(({ id }) => id)).toEqual(['year-end-2025']);
    expect((await book()).freezes().zone).toBe('Europe/Berlin');
  });

  it('may be missing', async () => {
    const rules = await book();
    expect(rules.freezes()).toMatchObject({ zone: 'UTC', freezes: [] });
    expect(rules.problems()).toEqual([]);
  });
});
