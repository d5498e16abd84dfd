import { KnownActions } from '../../test/fakes/known-actions.js';
import { formatProblem } from '../platform/documents/index.js';
import { itemProblems } from './check-item.js';
import { Expressions } from './expressions.js';
import { itemParser } from './item-parser.js';
import { loadDocuments } from './loading/load-documents.js';

const checkers = { expressions: new Expressions(), actions: new KnownActions() };

/** What is wrong in an item whose parameter `field` has this source, on its line. */
function problemsOf(source: string, more = ''): string[] {
  const text = `name: thing
title: Thing
summary: A thing.
version: 1.0.0
owner: platform
environments: [development]
parameters:
  properties:
    other: { type: string }
    field:
      type: string
      x-options: ${source}
${more}
lease: { defaultHours: 4, maxHours: 8, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: thing, title: Thing }
steps: [{ name: first, title: First, action: "demo:progress", with: { label: Go, ticks: 1 } }]
`;
  const files = [{ file: 'x.yaml', source: text }];
  return loadDocuments('item', files, itemParser, (document, item) =>
    itemProblems(document, item, checkers),
  ).problems.map(formatProblem);
}

describe('where options come from', () => {
  it.each([
    '{ from: catalog, tag: web }',
    '{ from: resources, kind: db, reach: visible, where: "${{ resource.team == request.team }}", value: "${{ resource.parameters.name }}" }',
    '{ from: action, action: "postgres:schemas", with: { database: "${{ params.other }}" }, whenDown: accept, ttlSeconds: 30 }',
    '{ from: action, action: "postgres:schemas", with: { database: "${{ identifier([request.team, params.other]) }}" } }',
    '{ from: http, url: "https://api.example.org/x/${{ params.other }}?q=${{ query }}", items: "${{ response.a.b }}", title: "${{ item.n }} (${{ item.m }})" }',
  ])('may be %s', (source) => {
    expect(problemsOf(source)).toEqual([]);
  });

  it.each([
    ['{ from: nowhere }', /x\.yaml:12/],
    ['{ from: catalog, tags: [web] }', /tags/],
    [
      '{ from: action, action: "postgres:schema" }',
      /12:.*there is no lookup “postgres:schema”; write “postgres:schemas” instead/,
    ],
    ['{ from: action, action: "postgres:schemas", with: { database: "A B" } }', /12:.*does not suit postgres:schemas/],
    [
      '{ from: action, action: "postgres:schemas", with: { database: "${{ params.othr }}" } }',
      /12:.*No such key: othr.*did you mean params\.other\?/,
    ],
    [
      '{ from: action, action: "postgres:schemas", with: { database: "${{ params.field }}" } }',
      /cannot depend on itself/,
    ],
    ['{ from: http, url: "https://${{ params.other }}/x" }', /no host that is written out/],
    ['{ from: http, url: "${{ params.other }}" }', /no host that is written out/],
    ['{ from: http, url: "https://api.example.org${{ params.other }}" }', /no host that is written out/],
    ['{ from: http, url: "https://user:pw@api.example.org/" }', /no host that is written out/],
    ['{ from: http, url: "https://api.example.org/", items: "${{ respons.x }}" }', /respons/],
    ['{ from: resources, kind: db, where: "${{ resource.team }}" }', /gives string, not bool/],
    ['{ from: resources, kind: db, value: "${{ resource.secretRef }}" }', /secretRef/],
    ['{ from: catalog, ttlSeconds: 0 }', /ttlSeconds/],
  ])('may not be %s', (source, problem) => {
    const found = problemsOf(source);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(problem);
  });

  it('is checked in lists, nested objects, branches and definitions, each once', () => {
    const wrong = '{ from: action, action: "none:such" }';
    const more = `
    list: { type: array, items: { type: string, x-options: ${wrong} } }
    nested: { type: object, properties: { deep: { type: string, x-options: ${wrong} } } }
    twice: { $ref: "#/$defs/one" }
    again: { $ref: "#/$defs/one" }
  $defs:
    one: { type: string, x-options: ${wrong} }
  if: { properties: { other: { const: x } }, required: [other] }
  then: { properties: { late: { type: string, x-options: ${wrong} } } }`;
    const found = problemsOf('{ from: catalog }', more).map((line) => line.split(':')[1]);
    expect(found.sort()).toEqual(['14', '15', '19', '21']);
  });

  it('means nothing for what is not chosen', () => {
    expect(
      problemsOf('{ from: catalog }', '    flag: { type: boolean, x-options: { from: catalog } }').join(),
    ).toContain('“x-options” means nothing for the type boolean');
  });
});
