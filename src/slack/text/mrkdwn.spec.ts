import { valueWords } from './mrkdwn.js';

describe('what a step gave, on a card', () => {
  it.each([
    'https://grafana.example.org/d/abc?var-namespace=shop',
    'http://127.0.0.1:3000',
    'http://shop.example.org/',
  ])('%s can be followed, and is shown as it is', (address) => {
    expect(valueWords(address)).toBe(`<${address}>`);
  });

  it.each([
    ['a label of another place', 'https://evil.example|grafana.example.org'],
    ['a login in it', 'https://grafana.example.org@evil.example/'],
    ['more than an address', 'https://example.org <!channel>'],
    ['another protocol', 'javascript://example.org/%0aalert(1)'],
    ['a letter that nobody sees', 'https://example.org/\u202Egro'],
    ['plain words', 'payments_development_shop'],
  ])('%s is text in back-ticks', (_what, text) => {
    expect(valueWords(text)).toMatch(/^`.*`$/);
    expect(valueWords(text)).not.toContain('<');
  });

  it('keeps what is cut inside of its markers', () => {
    expect(valueWords(`https://example.org/${'a'.repeat(400)}`)).toMatch(/^`.*…`$/);
    expect(valueWords({ port: 5432 })).toBe('`{"port":5432}`');
  });
});
