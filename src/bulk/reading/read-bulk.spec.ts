import fc from 'fast-check';
import { MOST_LINES } from './bulk-line.js';
import { readCsv } from './csv.js';
import { readBulk } from './read-bulk.js';

const problemsOf = (source: string, name?: string): string[] =>
  readBulk(source, name).problems.map(({ line, message }) => `${line}: ${message}`);

describe('CSV as spreadsheets write it', () => {
  it('reads quotes, line ends, a byte order mark and the separators of other countries', () => {
    const read = readCsv('\uFEFFa;b\r\n"x;1";"he said ""so"""\r\n\r\n"two\nlines";2\n3;4');
    expect(read).toEqual({
      ok: true,
      records: [
        { line: 1, cells: ['a', 'b'] },
        { line: 2, cells: ['x;1', 'he said "so"'] },
        { line: 4, cells: ['two\nlines', '2'] },
        { line: 6, cells: ['3', '4'] },
      ],
    });
  });

  it('gives back whatever was written by the rules', () => {
    const cell = fc
      .string({ unit: fc.constantFrom('a', ' ', ',', ';', '"', '\n', '\r', 'é') })
      .map((text) => text.trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const source = ['h1,h2', ...rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))];
        const read = readCsv(source.join('\n'));
        const filled = rows.filter((row) => row.some((one) => one !== ''));
        expect(read.ok && read.records.slice(1).map(({ cells }) => cells)).toEqual(filled);
      }),
    );
  });
});

describe('a file of many requests', () => {
  it('takes columns as parameters, also nested ones, and leaves empty cells out', () => {
    const { lines, problems } = readBulk(
      'item,environment,lease,name,network.port,parameters.team\ncache,staging,24,orders,80,blue\ncache,,,users,,\n',
    );
    expect(problems).toEqual([]);
    expect(lines).toEqual([
      {
        line: 2,
        itemName: 'cache',
        environment: 'staging',
        leaseHours: 24,
        typed: { name: 'orders', 'network?': true, 'network/port': '80', team: 'blue' },
      },
      { line: 3, itemName: 'cache', typed: { name: 'users' } },
    ]);
  });

  it('takes YAML with defaults, or a plain list', () => {
    const whole =
      'defaults:\n  item: cache\n  parameters: { size: small }\nrequests:\n  - parameters: { name: a }\n  - { item: db, lease: 2 }\n';
    expect(readBulk(whole).lines).toEqual([
      { line: 5, itemName: 'cache', typed: { size: 'small', name: 'a' } },
      { line: 6, itemName: 'db', leaseHours: 2, typed: { size: 'small' } },
    ]);
    expect(readBulk('- item: cache\n', 'x.yaml').lines).toEqual([{ line: 1, itemName: 'cache', typed: {} }]);
  });

  it('says by line all that is wrong', () => {
    expect(problemsOf('name\nx')).toEqual([
      '1: The first line names the columns, and one of them is “item”: what is requested.',
    ]);
    expect(problemsOf('item,lease,name\ncache,soon,a\n,1,b\ncache,1,c,d')).toEqual([
      '2: lease: write a number of hours, such as 24.',
      '3: It does not say which item.',
      '4: There are 4 cells under 3 headings. Put cells with a comma in quotes.',
    ]);
    expect(problemsOf('item,name\ncache,"a\n')).toEqual([
      '2: A quote is opened here and never closed. Close it, or write "" for a quote.',
    ]);
    expect(problemsOf('requests:\n  - item: cache\n    parameter: {}\n  - lease: 3\n')).toEqual([
      expect.stringMatching(/^3: “parameter” is not known here/),
      '4: It does not say which item.',
    ]);
    expect(problemsOf('requests: [*a]\n')).toEqual([expect.stringMatching(/^1: /)]);
    expect(problemsOf('  \n')).toEqual(['1: There is nothing in it.']);
    expect(problemsOf('item\n')).toEqual(['1: It holds no requests.']);
  });

  it('has a limit', () => {
    const rows = (count: number): string => `item\n${'cache\n'.repeat(count)}`;
    expect(readBulk(rows(MOST_LINES)).lines).toHaveLength(MOST_LINES);
    expect(problemsOf(rows(MOST_LINES + 1))).toEqual(['1: It holds 201 requests; 200 at once is the most. Split it.']);
    expect(problemsOf('x'.repeat(300_000))).toEqual(['1: It is larger than 256 KiB.']);
  });

  it('never fails on anything', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', 'a.csv', 'a.yaml'), (source, name) => {
        const { lines, problems } = readBulk(source, name);
        expect(lines.length + problems.length).toBeGreaterThan(0);
      }),
    );
  });
});
