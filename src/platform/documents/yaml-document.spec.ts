import fc from 'fast-check';
import { z } from 'zod';
import { closest } from './closest.js';
import { formatProblem } from './document-problem.js';
import { schemaProblems } from './schema-problems.js';
import { YamlDocument } from './yaml-document.js';

function problemsIn(source: string): string[] {
  const read = YamlDocument.read(source, 'x.yaml');
  return read.ok ? [] : read.problems.map(formatProblem);
}

function documentOf(source: string): YamlDocument {
  const read = YamlDocument.read(source, 'x.yaml');
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  return read.document;
}

describe('reading YAML', () => {
  it('reads plain documents, with comments and a few aliases', () => {
    expect(documentOf('a: &x [1, two] # why\nb: *x\n').value).toEqual({ a: [1, 'two'], b: [1, 'two'] });
  });

  it.each([
    ['a duplicate key', 'a: 1\na: 2\n', /^x\.yaml:2:1: .*unique.*write each key once/],
    ['an unknown tag', 'a: !!js/function "x"\n', /^x\.yaml:1:4: .*write a plain value without a !tag/],
    ['a custom tag', 'a: 1\nb: !include other.yaml\n', /^x\.yaml:2:4: /],
    ['a prototype key', 'a:\n  __proto__: { admin: true }\n', /^x\.yaml:2:3: .*__proto__.*not allowed/],
    ['a constructor key', 'constructor: { prototype: 1 }\n', /^x\.yaml:1:1: .*constructor/],
    ['a merge key', 'a: &x { b: 1 }\nc:\n  <<: *x\n', /^x\.yaml:3:3: .*merge keys/],
    ['a key that is a list', '? [a]\n: 1\n', /a key is not text/],
    ['an alias of nothing', 'a: *nobody\n', /^x\.yaml:1:4: .*nobody/],
    ['two documents', 'a: 1\n---\nb: 2\n', /write one document a file/],
    ['broken syntax', 'a: [1, 2\nb: 3\n', /^x\.yaml:\d+:\d+: /],
    ['a tab as indent', 'a:\n\tb: 1\n', /^x\.yaml:2:1: /],
  ])('refuses %s, and says where', (_what, source, message) => {
    expect(problemsIn(source)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it('refuses a bomb of aliases without expanding it', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`,
    );
    expect(problemsIn(['l0: &l0 lol', ...levels].join('\n'))).toEqual([expect.stringMatching(/aliases/)]);
  });

  it('refuses an alias that holds itself', () => {
    expect(problemsIn('a: &a [*a]\n')).not.toEqual([]);
  });

  it('refuses what is nested too deeply, however deep', () => {
    for (const depth of [60, 5000]) expect(problemsIn(`a: ${'['.repeat(depth)}${']'.repeat(depth)}`)).not.toEqual([]);
  });

  it('never throws, whatever is in the file', () => {
    const scraps = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '&x ',
      '*x',
      '!t ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|',
      '>',
      '#',
      '---\n',
      '? ',
      '<<',
      '\t',
      '\u0000',
      '__proto__',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(scraps, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        for (const problem of problemsIn(source)) expect(problem).toMatch(/^x\.yaml:\d+:\d+: /);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses a file that is too large', () => {
    expect(problemsIn(`a: ${'x'.repeat(300_000)}`)).toEqual([expect.stringMatching(/larger than 256 KiB/)]);
  });
});

describe('differences from a schema', () => {
  const parser = z.strictObject({
    name: z.string(),
    size: z.enum(['small', 'large']),
    steps: z.array(z.strictObject({ title: z.string(), count: z.int().min(1) })),
  });
  const problems = (source: string): string[] => {
    const document = documentOf(source);
    const parsed = parser.safeParse(document.value);
    return parsed.success ? [] : schemaProblems(document, parsed.error.issues).map(formatProblem);
  };

  it('names line, column, what is wrong and what to write instead', () => {
    expect(problems('name: 5\nsize: smal\nsteps:\n  - title: a\n    count: 0\n    cuont: 3\n')).toEqual([
      'x.yaml:1:7: name must be text; write text instead',
      'x.yaml:2:7: size is not one of the allowed values; write “small” instead',
      expect.stringMatching(/^x\.yaml:5:12: steps\[0\]\.count: too small/),
      expect.stringMatching(/^x\.yaml:6:5: “cuont” is not known here/),
    ]);
  });

  it('points at the thing around what is missing', () => {
    expect(problems('name: a\nsize: small\nsteps:\n  - count: 1\n')).toEqual([
      'x.yaml:4:5: steps[0].title is missing; write “title: <string>”',
    ]);
  });

  it('survives a file that is no map at all', () => {
    for (const source of ['', 'null', '- 1', 'text', '5']) expect(problems(source)).toHaveLength(1);
  });
});

describe('closest', () => {
  it('knows typing errors, beginnings and parts, and nothing far off', () => {
    const words = ['postgres-database', 'postgres-schema', 'demo-service'];
    expect(closest('postgres-databse', words)[0]).toBe('postgres-database');
    expect(closest('demo', words)).toEqual(['demo-service']);
    expect(closest('schema', words)).toEqual(['postgres-schema']);
    expect(closest('kubernetes', words)).toEqual([]);
    expect(closest('', words)).toEqual([]);
    expect(closest('x'.repeat(1_000_000), words)).toEqual([]);
  });
});
