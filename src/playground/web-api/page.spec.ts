import { page } from './page.js';

describe('pages of a list', () => {
  const rules = { defaultLimit: 2, maxLimit: 3, key: (item: string) => item };

  it('follow each other until there is no more', () => {
    const first = page(['a', 'b', 'c'], {}, rules);
    expect(first.items).toEqual(['a', 'b']);
    expect(page(['a', 'b', 'c'], { cursor: first.nextCursor }, rules)).toEqual({ items: ['c'], nextCursor: '' });
  });

  it('neither skip nor repeat when something came in between', () => {
    const { nextCursor } = page(['a', 'b', 'c'], {}, rules);
    expect(page(['new', 'a', 'b', 'c'], { cursor: nextCursor }, rules).items).toEqual(['c']);
  });

  it('are never larger than the method allows', () => {
    expect(page(['a', 'b', 'c', 'd'], { limit: 100 }, rules).items).toHaveLength(3);
  });

  it('refuse a cursor they did not give and a limit of nothing', () => {
    expect(() => page(['a'], { cursor: 'x' }, rules)).toThrow('invalid_cursor');
    expect(() => page(['a'], { limit: 0 }, rules)).toThrow('invalid_limit');
  });
});
