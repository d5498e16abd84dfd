import { durationWords } from './duration.js';

describe('A length of time in words', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3_599, '59 min'],
    [3_600, '1 h'],
    [11_100, '3 h 5 min'],
    [172_800, '2 d'],
    [187_200, '2 d 4 h'],
    [-5, '0 s'],
  ])('says %i seconds as %s', (seconds, words) => {
    const from = new Date('2026-11-23T00:00:00Z');
    expect(durationWords(from, new Date(from.getTime() + seconds * 1000))).toBe(words);
  });
});
