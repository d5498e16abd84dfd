/** How many a wave takes: a number, a share of all, or whatever is left. */
export type WaveSize = { readonly count: number } | { readonly share: number } | 'rest';

const MOST_WAVES = 20;

/** `1, 10 %, rest`. Null when it can't be read. Whatever is left over is one more wave. */
export function waveSizes(text: string): WaveSize[] | null {
  const words = text
    .split(/[,;\n]/)
    .map((word) => word.replaceAll(/\s+/g, '').toLowerCase())
    .filter((word) => word !== '');
  if (words.length === 0 || words.length > MOST_WAVES) return null;
  const sizes: WaveSize[] = [];
  for (const word of words) {
    const size = sizeOf(word);
    if (size === null || sizes.includes('rest')) return null;
    sizes.push(size);
  }
  return sizes;
}

function sizeOf(word: string): WaveSize | null {
  if (word === 'rest') return 'rest';
  const [, digits = '', sign] = /^([1-9]\d{0,4})(%?)$/.exec(word) ?? [];
  if (digits === '') return null;
  const number = Number(digits);
  if (sign !== '%') return { count: number };
  return number > 100 ? null : { share: number / 100 };
}

/** What comes early in `environments` comes first; no wave has things of two environments. */
export function wavesOf<T extends { readonly environment: string }>(
  all: readonly T[],
  sizes: readonly WaveSize[],
  environments: readonly string[],
): T[][] {
  const rank = ({ environment }: T): number => {
    const place = environments.indexOf(environment);
    return place === -1 ? environments.length : place;
  };
  const left = [...all].sort((one, other) => rank(one) - rank(other));
  const waves: T[][] = [];
  for (const size of [...sizes, 'rest' as const])
    waves.push(...byEnvironment(left.splice(0, countOf(size, all.length))));
  return waves;
}

function countOf(size: WaveSize, all: number): number {
  if (size === 'rest') return all;
  return 'count' in size ? size.count : Math.max(1, Math.round(size.share * all));
}

function byEnvironment<T extends { readonly environment: string }>(wave: readonly T[]): T[][] {
  const parts = new Map<string, T[]>();
  for (const one of wave) parts.set(one.environment, [...(parts.get(one.environment) ?? []), one]);
  return [...parts.values()];
}
