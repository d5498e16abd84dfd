import { dateWords } from './date-words.js';

const noon = new Date(2026, 10, 23, 12, 0, 0).getTime();
const HOUR = 3_600_000;

describe('the words of a date', () => {
  it('calls near days by their names', () => {
    expect(dateWords('{date_short_pretty}', noon, noon)).toBe('today');
    expect(dateWords('{date_pretty}', noon + 24 * HOUR, noon)).toBe('tomorrow');
    expect(dateWords('{date_long_pretty}', noon - 24 * HOUR, noon)).toBe('yesterday');
  });

  it('writes far days out', () => {
    expect(dateWords('{date_short_pretty}', noon + 10 * 24 * HOUR, noon)).toBe(
      new Date(noon + 10 * 24 * HOUR).toLocaleDateString(undefined, {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
      }),
    );
  });

  it('counts in the unit that fits', () => {
    expect(dateWords('{ago}', noon + 3 * HOUR, noon)).toBe('in 3 hours');
    expect(dateWords('{ago}', noon - 60_000, noon)).toBe('1 minute ago');
  });

  it('leaves words and unknown marks as they are', () => {
    expect(dateWords('due {whenever}', noon, noon)).toBe('due {whenever}');
  });
});
