import fc from 'fast-check';
import { waveSizes, wavesOf } from './waves.js';

const ENVIRONMENTS = ['development', 'staging', 'production'];

describe('the sizes of waves', () => {
  it('are numbers, shares and the rest, as people write them', () => {
    expect(waveSizes('1, 10 %, rest')).toEqual([{ count: 1 }, { share: 0.1 }, 'rest']);
    expect(waveSizes(' 5 ;50%\nREST ')).toEqual([{ count: 5 }, { share: 0.5 }, 'rest']);
  });

  it.each(['', ' , ', '0', '-1', '1.5', '101%', 'ten', 'rest, 1', 'rest, rest', '1000000', '1,'.repeat(21)])(
    'are not %j',
    (text) => {
      expect(waveSizes(text)).toBeNull();
    },
  );
});

describe('waves', () => {
  const all = (...environments: string[]) => environments.map((environment, id) => ({ id, environment }));

  it('go through development before staging before production, and never through two at once', () => {
    const things = all('production', 'development', 'staging', 'development', 'development', 'elsewhere');
    const waves = wavesOf(things, waveSizes('1, rest') ?? [], ENVIRONMENTS);
    expect(waves.map((wave) => wave.map(({ environment }) => environment))).toEqual([
      ['development'],
      ['development', 'development'],
      ['staging'],
      ['production'],
      ['elsewhere'],
    ]);
  });

  it('take each exactly once, in order, whatever their sizes', () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 9 }).map(String),
      fc.integer({ min: 1, max: 100 }).map((n) => `${n}%`),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...ENVIRONMENTS, 'elsewhere'), { maxLength: 60 }),
        fc.array(size, { minLength: 1, maxLength: 5 }),
        (environments, sizes) => {
          const things = all(...environments);
          const waves = wavesOf(things, waveSizes(sizes.join(',')) ?? [], ENVIRONMENTS);
          const flat = waves.flat();
          expect([...flat].sort((a, b) => a.id - b.id)).toEqual(things);
          for (const wave of waves) expect(new Set(wave.map(({ environment }) => environment)).size).toBe(1);
          const ranks = flat.map(({ environment }) => [...ENVIRONMENTS, 'elsewhere'].indexOf(environment));
          expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        },
      ),
    );
  });
});
