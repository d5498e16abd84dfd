import fc from 'fast-check';
import type { Option } from './option.js';
import { MOST_KEPT, OptionIndex } from './option-index.js';

const of = (...titles: string[]): OptionIndex =>
  new OptionIndex(titles.map((title) => ({ value: title.toLowerCase(), title })));
const search = (index: OptionIndex, text: string, most = 100): string[] =>
  index.search(text, most).options.map(({ title }) => title);

describe('a search while somebody types', () => {
  it('gives what is the text, then what begins with it, then words that do, then what holds it, then what is written similarly', () => {
    const index = of('xmainx', 'feature/main-menu', 'maintenance', 'mian', 'main', 'other');
    expect(search(index, 'main')).toEqual(['main', 'maintenance', 'feature/main-menu', 'xmainx', 'mian']);
  });

  it('knows no difference of case and accents, and takes words in any order', () => {
    const index = of('Zürich North', 'Genève');
    expect(search(index, 'zur')).toEqual(['Zürich North']);
    expect(search(index, 'north zü')).toEqual(['Zürich North']);
    expect(search(index, 'GENEVE')).toEqual(['Genève']);
  });

  it('forgives a letter in a short text and two in a longer one, none in two letters', () => {
    const index = of('branch', 'table');
    expect(search(index, 'brnach')).toEqual(['branch']);
    expect(search(index, 'tabel')).toEqual(['table']);
    expect(search(index, 'brxxch')).toEqual(['branch']);
    expect(search(index, 'bx')).toEqual([]);
    expect(search(index, 'xyzzy')).toEqual([]);
  });

  it('finds by the value too, keeps the order of the source, and says when there is more', () => {
    const index = new OptionIndex([
      { value: 'eu-1', title: 'Frankfurt' },
      { value: 'eu-2', title: 'Dublin' },
    ]);
    expect(search(index, 'eu')).toEqual(['Frankfurt', 'Dublin']);
    expect(search(index, '')).toEqual(['Frankfurt', 'Dublin']);
    expect(index.search('eu', 1)).toMatchObject({ options: [{ value: 'eu-1' }], more: true });
    expect(index.search('eu', 2).more).toBe(false);
  });

  it('keeps the first of each value, and nothing that Slack would refuse', () => {
    const index = new OptionIndex([
      { value: 'a', title: 'First' },
      { value: 'a', title: 'Second' },
      { value: '', title: 'Empty' },
      { value: 'x'.repeat(151), title: 'Long' },
    ]);
    expect(search(index, '')).toEqual(['First']);
    expect(index.find('a')?.title).toBe('First');
    expect(index.find('x'.repeat(151))).toBeUndefined();
  });

  it('is cut at a bound, and says so', () => {
    const many = Array.from({ length: MOST_KEPT + 1 }, (_, n): Option => ({ value: `v${n}`, title: `v${n}` }));
    expect(new OptionIndex(many)).toMatchObject({ size: MOST_KEPT, isCut: true });
    expect(new OptionIndex(many.slice(1)).isCut).toBe(false);
  });

  it('always finds an option by any beginning of its own title, whatever else there is', () => {
    const title = fc.stringMatching(/^[a-z][a-z0-9/_-]{0,20}$/);
    fc.assert(
      fc.property(fc.uniqueArray(title, { minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(), (titles, which, cut) => {
        const wanted = titles[which % titles.length] ?? '';
        const text = wanted.slice(0, 1 + (cut % wanted.length));
        expect(search(of(...titles), text)).toContain(wanted);
      }),
    );
  });

  it('takes any text, however odd', () => {
    const index = of('one', 'two');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(index.search(text, 100).options.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
