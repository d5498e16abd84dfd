import { parseInline, parseMrkdwn } from './mrkdwn.js';

const kinds = (text: string) => parseInline(text).map((part) => part.kind);

describe('mrkdwn', () => {
  it('reads bold, italic, strike and code, one inside another', () => {
    expect(parseInline('*a _b_* ~c~ `*d*`')).toEqual([
      {
        kind: 'bold',
        parts: [
          { kind: 'text', text: 'a ' },
          { kind: 'italic', parts: [{ kind: 'text', text: 'b' }] },
        ],
      },
      { kind: 'text', text: ' ' },
      { kind: 'strike', parts: [{ kind: 'text', text: 'c' }] },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: '*d*' },
    ]);
  });

  it.each(['snake_case_name', '2 * 3 * 4', '* not bold *', 'a ~ b ~ c', 'no:emoji here: really'])(
    'leaves “%s” alone',
    (text) => {
      expect(parseInline(text)).toEqual([{ kind: 'text', text }]);
    },
  );

  it('keeps the underscores of a name in italics', () => {
    expect(parseInline('_orders_rw is new_')).toEqual([
      { kind: 'italic', parts: [{ kind: 'text', text: 'orders_rw is new' }] },
    ]);
  });

  it('makes bold of what holds a link', () => {
    expect(parseInline('*<https://a.example/x|see>*')).toEqual([
      { kind: 'bold', parts: [{ kind: 'link', href: 'https://a.example/x', text: 'see' }] },
    ]);
  });

  it('knows people, channels, groups and broadcasts', () => {
    expect(parseInline('<@U1><#C1|general><!subteam^S1|@leads><!here>')).toEqual([
      { kind: 'user', id: 'U1' },
      { kind: 'channel', id: 'C1', label: 'general' },
      { kind: 'group', id: 'S1', label: '@leads' },
      { kind: 'broadcast', id: 'here' },
    ]);
  });

  it('never turns what was escaped into a mention or markup', () => {
    expect(parseInline('&lt;!channel&gt; &lt;b&gt; &amp;lt;')).toEqual([{ kind: 'text', text: '<!channel> <b> &lt;' }]);
  });

  it.each(['<javascript:alert(1)|click>', '<data:text/html,x|click>', '<vbscript:x|click>'])(
    'gives no link to %s',
    (text) => {
      expect(parseInline(text)).toEqual([{ kind: 'text', text: 'click' }]);
    },
  );

  it('links a bare address without the full stop after it', () => {
    expect(parseInline('See https://a.example/b?c=1&amp;d=2.')).toEqual([
      { kind: 'text', text: 'See ' },
      { kind: 'link', href: 'https://a.example/b?c=1&d=2', text: 'https://a.example/b?c=1&d=2' },
      { kind: 'text', text: '.' },
    ]);
  });

  it('reads dates with their fallback', () => {
    expect(parseInline('<!date^1795400000^{date} at {time}|soon>')).toEqual([
      { kind: 'date', seconds: 1795400000, format: '{date} at {time}', fallback: 'soon' },
    ]);
  });

  it('reads emoji with skin tones, also between words', () => {
    expect(kinds(':wave::skin-tone-3: hi :+1:')).toEqual(['emoji', 'text', 'emoji']);
  });

  it('keeps lines, quotes, list items and code blocks apart', () => {
    const blocks = parseMrkdwn('one\n&gt; two\n&gt; three\n• four\n1. five\n\n```\nsix *not bold*\n```\nseven');
    expect(blocks.map((block) => block.kind)).toEqual(['line', 'quote', 'item', 'item', 'gap', 'code', 'line']);
    expect(blocks[1]).toMatchObject({ lines: [[{ text: 'two' }], [{ text: 'three' }]] });
    expect(blocks[5]).toEqual({ kind: 'code', text: 'six *not bold*' });
  });

  it('shows a lone fence as it was typed', () => {
    expect(parseMrkdwn('```')).toEqual([{ kind: 'line', parts: [{ kind: 'text', text: '```' }] }]);
  });
});
