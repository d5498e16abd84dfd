import { KnownActions } from '../../../test/fakes/known-actions.js';
import { formatProblem } from '../../platform/documents/index.js';
import { itemProblems } from '../check-item.js';
import { Expressions } from '../expressions.js';
import { itemParser } from '../item-parser.js';
import { loadDocuments } from './load-documents.js';

const checkers = { expressions: new Expressions(), actions: new KnownActions() };
const GOOD = `name: thing
title: Thing
summary: A thing.
version: 1.0.0
owner: platform
environments: [development]
parameters:
  required: [name]
  properties:
    name: { type: string, pattern: "^[a-z]+$", default: abc }
    notes: { type: string }
    count: { type: integer, default: 3 }
lease: { defaultHours: 4, maxHours: 8, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: thing, title: "\${{ params.name }}" }
steps:
  - name: first
    title: First
    action: demo:progress
    with: { label: "Go \${{ params.name }}", ticks: "\${{ params.count }}" }
  - name: second
    title: Second
    action: demo:flaky
    if: \${{ params.count > 2 }}
    with: { label: again, failures: "\${{ steps.first.output.ticks }}" }
outputs:
  ticks: \${{ steps.first.output.ticks }}
`;

function load(...sources: string[]) {
  const files = sources.map((source, index) => ({ file: `${index}.yaml`, source }));
  return loadDocuments('item', files, itemParser, (document, item) => itemProblems(document, item, checkers));
}

function problemsWith(from: string, to: string): string[] {
  expect(GOOD).toContain(from);
  return load(GOOD.replace(from, to)).problems.map(formatProblem);
}

describe('loading items', () => {
  it('finds nothing wrong with a good one, and gives it the digest of what it says', () => {
    const { loaded, problems } = load(GOOD);
    expect(problems).toEqual([]);
    expect(loaded[0]?.value).toMatchObject({
      name: 'thing',
      lifecycle: 'active',
      file: '0.yaml',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(load(`# a comment\n${GOOD}`).loaded[0]?.value.digest).toBe(loaded[0]?.value.digest);
    expect(load(GOOD.replace('A thing.', 'Another.')).loaded[0]?.value.digest).not.toBe(loaded[0]?.value.digest);
  });

  it('never lets a bad file hide a good one', () => {
    const { loaded, broken, problems } = load('name: [', GOOD, 'a: &a [*a]', '');
    expect(loaded.map(({ value }) => value.name)).toEqual(['thing']);
    expect(broken).toEqual(['0.yaml', '2.yaml', '3.yaml']);
    expect(problems.length).toBeGreaterThanOrEqual(3);
  });

  it('uses the first of two files with one name, and tells about the other', () => {
    const { loaded, problems } = load(GOOD, GOOD.replace('A thing.', 'Another.'));
    expect(loaded).toHaveLength(1);
    expect(problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^1\.yaml:1:7: 0\.yaml has the name “thing” already/),
    ]);
  });

  it('lets an expression use what may be empty, if it asks whether it is there', () => {
    const asking = "Go ${{ has(params.notes) ? params.notes : 'plain' }}";
    expect(load(GOOD.replace('Go ${{ params.name }}', asking)).problems).toEqual([]);
    const other = 'Go ${{ has(params.notes) ? params.nots : params.name }}';
    expect(problemsWith('Go ${{ params.name }}', other)).toEqual([expect.stringMatching(/No such key: nots/)]);
  });

  it.each([
    ['without a condition', '', false],
    ['under the same one', 'if: ${{ params.count > 2 }}', true],
    ['under that and more', "if: ${{ params.count > 2 && params.name != 'x' }}", true],
    ['under one that may hold without it', "if: ${{ params.count > 2 && params.name != 'x' || true }}", false],
    ['under another', 'if: ${{ params.count > 20 }}', false],
    ['in a loop', 'if: ${{ params.count > 2 }}\n    forEach: "${{ [1, 2] }}"', false],
  ])('lets a step use one that may be skipped only where it is not: %s', (_where, condition, isKnown) => {
    const third = `  - name: third
    title: Third
    action: demo:progress
    ${condition}
    with: { label: again, ticks: "\${{ steps.second.output.attempts }}" }
outputs:`;
    const problems = problemsWith('outputs:', third);
    expect(problems.slice(0, 1)).toEqual(isKnown ? [] : [expect.stringMatching(/No such key: second/)]);
  });

  it.each([
    [
      'an unknown action',
      'demo:progress',
      'demo:progres',
      /^0\.yaml:18:13: there is no action “demo:progres”; write “demo:progress” instead/,
    ],
    [
      'an unknown parameter',
      'Go ${{ params.name }}',
      'Go ${{ params.nmae }}',
      /^0\.yaml:19:35: the expression is wrong: No such key: nmae; did you mean params\.name\?/,
    ],
    [
      'a parameter that may be empty',
      'Go ${{ params.name }}',
      'Go ${{ params.notes }}',
      /params\.notes, which a person may leave empty; give the parameter a default/,
    ],
    [
      'an unknown variable',
      'Go ${{ params.name }}',
      'Go ${{ param.name }}',
      /Unknown variable: param; did you mean params\?/,
    ],
    ['a step that comes later', '${{ params.count }}', '${{ steps.second.output.attempts }}', /No such key: second/],
    [
      'an output that a skipped step would not have',
      'ticks: ${{ steps.first.output.ticks }}',
      'ticks: ${{ steps.second.output.attempts }}',
      /No such key: second/,
    ],
    [
      'an unknown output',
      'ticks: ${{ steps.first.output.ticks }}',
      'ticks: ${{ steps.first.output.password }}',
      /No such key: password/,
    ],
    [
      'a broken expression',
      '${{ params.count > 2 }}',
      '${{ params.count > }}',
      /^0\.yaml:23:\d+: the expression is wrong/,
    ],
    ['a condition that is no condition', '${{ params.count > 2 }}', '${{ params.count }}', /it gives int, not bool/],
    [
      'a condition without an expression',
      '${{ params.count > 2 }}',
      'params.count > 2',
      /must be one \$\{\{ expression \}\}/,
    ],
    ['an input the action refuses', 'label: again', 'label: 5', /^0\.yaml:24:20: with\.label does not suit demo:flaky/],
    [
      'an input the action does not know',
      'label: again',
      'label: again, lable: x',
      /with does not suit demo:flaky: Unrecognized key/,
    ],
    ['two steps of one name', 'name: second', 'name: first', /a step named “first” exists already/],
    [
      'a step name that CEL would subtract',
      'name: second',
      'name: second-step',
      /^0\.yaml:20:11: steps\[1\]\.name: .*hyphen/,
    ],
    [
      'a pattern that backtracks by look-ahead',
      '^[a-z]+$',
      '^(?=a)[a-z]+$',
      /^0\.yaml:10:36: the pattern cannot be used/,
    ],
    [
      'a default outside its schema',
      'default: abc',
      'default: ABC',
      /^0\.yaml:10:57: this value does not fit its own schema/,
    ],
    [
      'a required parameter that is not there',
      'required: [name]',
      'required: [nam]',
      /^0\.yaml:8:14: “nam” is required but not among the properties/,
    ],
    ['a parameter named like a prototype', 'notes: {', 'constructor: {', /constructor/],
    ['a parameter named like a CEL word', 'notes: {', 'in: {', /reserved/],
    [
      'a list no form can ask for',
      'notes: { type: string }',
      'notes: { type: array, items: { type: boolean } }',
      /^0\.yaml:11:42: a list of the type boolean is nothing a form can ask for; write a list of texts/,
    ],
    [
      'a keyword the form does not know',
      'notes: { type: string }',
      'notes: { type: string, patern: x }',
      /^0\.yaml:11:28: “patern” is not known here/,
    ],
    [
      'an option of the wrong type',
      'notes: { type: string }',
      'notes: { type: string, enum: [a, 5] }',
      /this option is not of the type string/,
    ],
    ['open-ended parameters', '  required: [name]', '  additionalProperties: true', /parameters\.additionalProperties/],
    [
      'a lease longer than allowed',
      'defaultHours: 4',
      'defaultHours: 40',
      /the default lease is longer than maxHours; write at most maxHours/,
    ],
    ['a version that is a number', 'version: 1.0.0', 'version: 1', /version must be text/],
    ['a missing title', 'title: Thing\n', '', /^0\.yaml:1:1: title is missing; write “title: <string>”/],
  ])('finds %s', (_what, from, to, message) => {
    expect(problemsWith(from, to)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });
});
