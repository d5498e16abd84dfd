import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readRule } from './read-rule.js';
import { RULE_FIELDS } from './rule-fields.js';
import { givenParser } from './rule-given.js';

const DOCS = readFileSync('docs/policies.md', 'utf8');
const KNOWN = {
  teams: ['platform'],
  roles: [],
  environments: ['development', 'production'],
  bundles: [],
  items: new Map([['postgres-database', ['name', 'size']]]),
};

it('documents every field that an expression may name, and its type', () => {
  const rows = RULE_FIELDS.map(
    ({ path, type, says }) => `| \`${path}\` | ${type.replace('google.protobuf.T', 't')} | ${says} |`,
  );
  expect(rows.filter((row) => !DOCS.includes(row))).toEqual([]);
});

it('documents everything an example may give', () => {
  const given = Object.keys(givenParser.parse({})).concat('item', 'leaseHours', 'cost', 'quota', 'resource');
  const [, table = ''] = DOCS.split('| given | what |');
  expect(given.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
});

it('shows a rule that is good', () => {
  const [, source = ''] = /```yaml\n(# catalog\/policies[\s\S]*?)```/.exec(DOCS) ?? [];
  expect(readRule({ file: 'docs.yaml', source }, KNOWN).problems).toEqual([]);
  expect(parse(source)).toMatchObject({ id: 'large-databases' });
});
