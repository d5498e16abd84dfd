import { parseMarkdown } from './markdown.js';

describe('the markdown block', () => {
  it('tells headings, paragraphs, lists, tasks, quotes, tables, code and rules apart', () => {
    const text =
      '# Plan\nTwo *kinds* of **thing**.\n\n- one\n- two\n\n1. a\n2. b\n\n- [x] done\n- [ ] open\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sql\nselect **1**\n```\n\n---';
    const blocks = parseMarkdown(text);
    expect(blocks.map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'list',
      'list',
      'list',
      'quote',
      'table',
      'code',
      'rule',
    ]);
    expect(blocks[1]).toMatchObject({
      lines: [
        [
          { text: 'Two ' },
          { kind: 'italic', parts: [{ text: 'kinds' }] },
          { text: ' of ' },
          { kind: 'bold', parts: [{ text: 'thing' }] },
          { text: '.' },
        ],
      ],
    });
    expect(blocks[3]).toMatchObject({ ordered: true });
    expect(blocks[4]).toMatchObject({ items: [{ done: true }, { done: false }] });
    expect(blocks[6]).toMatchObject({
      rows: [
        [[{ text: 'a' }], [{ text: 'b' }]],
        [[{ text: '1' }], [{ text: '2' }]],
      ],
    });
    expect(blocks[7]).toEqual({ kind: 'code', text: 'select **1**' });
  });

  it('links to the web only', () => {
    expect(parseMarkdown('[a](https://a.example) [b](javascript:alert(1))')).toMatchObject([
      {
        lines: [
          [
            { kind: 'link', href: 'https://a.example', text: 'a' },
            { kind: 'text', text: ' [b](javascript:alert(1))' },
          ],
        ],
      },
    ]);
  });

  it('leaves what is in backticks alone', () => {
    expect(parseMarkdown('`**x**`')).toMatchObject([{ lines: [[{ kind: 'code', text: '**x**' }]] }]);
  });
});
