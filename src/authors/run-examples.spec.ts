import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type ExampleOutcome, runItemExamples } from './run-examples.js';

let folder: string;
const folders = () => ({ catalogDir: join(folder, 'catalog'), runbooksDir: join(folder, 'runbooks') });
const path = (file: string) => join(folder, 'catalog', file);

function edit(file: string, from: string | RegExp, to: string): void {
  const before = readFileSync(path(file), 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has no ${String(from)}`);
  writeFileSync(path(file), after);
}

async function failures(): Promise<ExampleOutcome[]> {
  const { outcomes } = await runItemExamples(folders());
  expect(outcomes.length).toBeGreaterThan(0);
  return outcomes.filter(({ differences }) => differences.length > 0);
}

beforeEach(() => {
  Logger.overrideLogger(false);
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
  for (const part of ['catalog', 'runbooks']) cpSync(part, join(folder, part), { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('finds every example of the shipped items as its author expects', async () => {
  const { items, outcomes } = await runItemExamples(folders());
  expect(outcomes.filter(({ differences }) => differences.length > 0)).toEqual([]);
  expect(new Set(outcomes.map(({ item }) => item))).toEqual(new Set(items));
});

it('runs only those of one item when it is named', async () => {
  const { items, outcomes } = await runItemExamples(folders(), 'postgres-schema');
  expect(items).toEqual(['postgres-schema']);
  expect(new Set(outcomes.map(({ item }) => item))).toEqual(new Set(['postgres-schema']));
});

it('notices a rule that was taken away, and says which example it breaks and where', async () => {
  edit('access.yaml', /- id: production-needs-a-lead[\s\S]*?(?=\n {2}- id: )/, '');
  const failed = await failures();
  const title = 'A lead looks at production';
  expect(new Set(failed.map((one) => one.title))).toEqual(new Set([title]));
  const [database] = failed.filter(({ item }) => item === 'postgres-database');
  expect(database).toMatchObject({ title, file: 'catalog/items/postgres-database.yaml', line: expect.any(Number) });
  expect(database?.differences.join('\n')).toMatch(
    /decision should be needs-approval, and is deny[\s\S]*production-needs-a-lead should speak[\s\S]*lead of Payments/,
  );
});

it.each<[string, string, string | RegExp, string, RegExp]>([
  ['a price', 'prices.yaml', 'amount: 9.5', 'amount: 19.5', /cost \(monthly\) should be 12.4 EUR, and is 22.40/],
  ['a missing price', 'prices.yaml', /- \{ id: postgres-connection.*\n/, '', /prices\.yaml has no postgres-connection/],
  [
    'an input of a step',
    'items/postgres-database.yaml',
    "connectionLimit: \"${{ params.size == 'large' ? 40",
    "connectionLimit: \"${{ params.size == 'small' ? 40",
    /step role should get connectionLimit: 5, and gets 40/,
  ],
  [
    'an input the action refuses once it has a value',
    'items/postgres-database.yaml',
    "connectionLimit: \"${{ params.size == 'large' ? 40 : params.size == 'medium' ? 15 : 5 }}\"",
    "connectionLimit: \"${{ params.size == 'large' ? 40 : params.size == 'medium' ? 15 : 0 }}\"",
    /step role cannot be: postgres:role does not take what it is given \(connectionLimit/,
  ],
  [
    'the resource’s title',
    'items/postgres-database.yaml',
    'title: ${{ params.name }} (${{ request.environment }})',
    'title: ${{ params.name }}',
    /should be called “orders \(development\)”, and is called “orders”/,
  ],
  [
    'what it takes of a quota',
    'items/postgres-database.yaml',
    'databases: 1\n',
    'databases: 2\n',
    /should take 1 of databases, and takes 2/,
  ],
  [
    'a pattern that lets through what it should not',
    'items/postgres-database.yaml',
    'pattern: ^[a-z][a-z0-9_]{2,40}$',
    'pattern: ^.{2,40}$',
    /should be refused by the form|could not be worked out|cannot be/,
  ],
  ['who is in a team', 'access.yaml', 'ada@quartermaster.test, ', '', /decision should be allow, and is deny/],
])('notices a change of %s', async (_what, file, from, to, told) => {
  edit(file, from, to);
  expect((await failures()).flatMap(({ differences }) => differences).join('\n')).toMatch(told);
});

it('judges a draft as if it were active, and never a retired one', async () => {
  edit('items/demo-service.yaml', 'lifecycle: active', 'lifecycle: draft');
  expect(await failures()).toEqual([]);
  edit('items/demo-service.yaml', 'lifecycle: draft', 'lifecycle: retired');
  expect((await failures())[0]?.differences).toEqual([expect.stringMatching(/is deny: Demo service is retired/)]);
});

it('looks at the clock an example gives', async () => {
  edit(
    'freezes.yaml',
    /freezes:[\s\S]*/,
    'freezes:\n  - { id: now, title: A freeze, from: 2026-12-20, until: 2026-12-31 }\n',
  );
  edit(
    'items/demo-service.yaml',
    'examples:\n',
    'examples:\n  - { title: in the freeze, person: ben@quartermaster.test, time: "2026-12-24T10:00:00Z", expect: { decision: deny, rules: [production-freeze] } }\n',
  );
  expect(await failures()).toEqual([]);
});
