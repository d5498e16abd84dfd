import { itemParser } from '../catalog/index.js';
import { ItemIndex } from './item-index.js';
import { typedQuery } from './item-query.js';
import { versionSteps } from './version-diff.js';

function item(name: string, title: string, digest = `sha256:${name}`) {
  const document = {
    name,
    title,
    summary: `A ${title}.`,
    version: '1.0.0',
    owner: 'platform',
    tags: ['data'],
    environments: ['development'],
    parameters: { properties: {} },
    lease: { defaultHours: 2, maxHours: 2, warnHoursBefore: 1, extendHours: 1 },
    resource: { kind: 'x', title: 'x' },
    steps: [{ name: 'a', title: 'A', action: 'demo:progress', with: {} }],
  };
  return { ...itemParser.parse(document), digest, file: `${name}.yaml` };
}

describe('the index', () => {
  const names = (index: ItemIndex, words: string): string[] => index.find(words).map(({ name }) => name);

  it('finds by beginnings and in spite of a slip, and wants all words', async () => {
    const index = new ItemIndex();
    await index.follow([item('postgres-database', 'PostgreSQL database'), item('object-store', 'Object store')]);
    expect(names(index, 'post')).toEqual(['postgres-database']);
    expect(names(index, 'databsae')).toEqual(['postgres-database']);
    expect(names(index, 'object database')).toEqual([]);
    expect(names(index, 'data')).toHaveLength(2);
  });

  it('follows what was added, changed and taken away', async () => {
    const index = new ItemIndex();
    await index.follow([item('one', 'Lorry'), item('two', 'Train')]);
    await index.follow([item('two', 'Ship', 'sha256:new'), item('three', 'Lorry')]);
    expect(names(index, 'lorry')).toEqual(['three']);
    expect(names(index, 'train')).toEqual([]);
    expect(names(index, 'ship')).toEqual(['two']);
  });
});

it('understands tags and teams among the words, as they are typed', () => {
  expect(typedQuery('big tag:Data  database team:platform')).toEqual({
    words: 'big database',
    tag: 'data',
    owner: 'platform',
    sort: 'best',
  });
  expect(typedQuery('', { tag: 'x', sort: 'title' })).toEqual({ words: '', tag: 'x', owner: null, sort: 'title' });
});

it('tells of each version what it changed after the one before', () => {
  const past = (version: string, source: string) => ({
    name: 'x',
    digest: version,
    file: 'x.yaml',
    version,
    source,
    firstLoadedAt: new Date(0),
  });
  const steps = versionSteps([past('1.1.0', 'a: 1\nb: 3\n'), past('1.0.0', 'a: 1\nb: 2\n')]);
  expect(steps).toEqual([
    expect.objectContaining({
      version: '1.1.0',
      before: '1.0.0',
      changes: ['@@ line 1 @@', ' a: 1', '-b: 2', '+b: 3'],
    }),
    expect.objectContaining({ version: '1.0.0', before: null, changes: [] }),
  ]);
});
