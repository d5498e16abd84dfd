import fc from 'fast-check';
import { Expressions } from '../catalog/index.js';
import { filledUrl, UnsafeAddress } from './url-template.js';

const expressions = new Expressions();
const fill = (template: string, params: Record<string, string>): string => filledUrl(template, { params }, expressions);

describe('an address with expressions', () => {
  it('takes each as one part of a path or a query', () => {
    const template = 'https://api.example.org/${{ params.a }}/x?q=${{ params.b }}';
    expect(fill(template, { a: 'a b', b: 'c&d=e' })).toBe('https://api.example.org/a%20b/x?q=c%26d%3De');
  });

  it.each(['.', '..', '\ud800'])('refuses %j, which would lead elsewhere or nowhere', (a) => {
    expect(() => fill('https://api.example.org/${{ params.a }}', { a })).toThrow(UnsafeAddress);
  });

  it('never leaves its host and folder, whatever was typed', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '../../admin',
        '..%2f..',
        '@evil.example.org',
        '//evil.example.org',
        '?x=1',
        '#',
        '\\..\\',
        '%2e%2e',
      ),
    );
    fc.assert(
      fc.property(typed, (a) => {
        fc.pre(a !== '.' && a !== '..');
        const url = new URL(fill('https://api.example.org/teams/${{ params.a }}/branches?x=${{ params.a }}', { a }));
        expect(url.host).toBe('api.example.org');
        expect(url.pathname).toMatch(/^\/teams\/[^/]*\/branches$/);
        expect([...url.searchParams.keys()]).toEqual(['x']);
      }),
    );
  });
});
