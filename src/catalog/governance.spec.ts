import { KnownActions } from '../../test/fakes/known-actions.js';
import { formatProblem } from '../platform/documents/index.js';
import { itemProblems } from './check-item.js';
import { Expressions } from './expressions.js';
import { itemParser } from './item-parser.js';
import { loadDocuments } from './loading/load-documents.js';

const checkers = { expressions: new Expressions(), actions: new KnownActions() };
const GOOD = `name: thing
title: Thing
summary: A thing.
version: 1.0.0
owner: platform
environments: [development]
parameters:
  properties:
    count: { type: integer, default: 3 }
    notes: { type: string }
lease: { defaultHours: 4, maxHours: 8, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: thing, title: Thing }
quota: { things: 1, gib: "\${{ params.count * 2 }}" }
cost:
  - { price: thing }
  - { price: disk, quantity: "\${{ double(params.count) * 1.5 }}" }
justification: { above: { monthly: 20, units: { gib: 10 } } }
steps:
  - { name: first, title: First, action: "demo:progress", with: { label: Go, ticks: 1 } }
`;

function problemsOf(source: string): string[] {
  const files = [{ file: 'thing.yaml', source }];
  const { problems } = loadDocuments('item', files, itemParser, (document, item) =>
    itemProblems(document, item, checkers),
  );
  return problems.map(formatProblem);
}

describe('what an item says about quota, cost and justification', () => {
  it('may be numbers and expressions that give numbers, whole or not', () => {
    expect(problemsOf(GOOD)).toEqual([]);
  });

  it.each([
    ['params.count * 2', "'two'", /^thing.yaml:13:.*it gives string, not int/],
    ['params.count * 2', 'params.size', /^thing.yaml:13:.*No such key: size/],
    ['params.count * 2', 'params.notes.size()', /^thing.yaml:13:.*which a person may leave empty/],
    ['"${{ params.count * 2 }}"', '"two of ${{ params.count }}"', /this must be one \$\{\{ expression \}\}/],
    ['things: 1', 'things: -1', /^thing.yaml:13:.*quota.things/],
    ['things: 1', 'Things: 1', /a unit has lower-case letters/],
    ['price: thing', 'prize: thing', /“prize” is not known here/],
    ['units: { gib: 10 }', 'units: { cpu: 10 }', /^thing.yaml:17:.*the item takes no “cpu”/],
    ['monthly: 20, units: { gib: 10 }', '', /nothing says above what a reason is wanted/],
  ])('%s → %s is a problem', (from, to, says) => {
    expect(GOOD).toContain(from);
    expect(problemsOf(GOOD.replace(from, to)).join('\n')).toMatch(says);
  });
});
