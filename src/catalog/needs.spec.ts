import { Logger } from '@nestjs/common';
import { KnownActions } from '../../test/fakes/known-actions.js';
import { RememberedVersions } from '../../test/fakes/remembered-versions.js';
import { Catalog, isOffered } from './catalog.js';
import { Expressions } from './expressions.js';
import { lifecycleSentence } from './lifecycle-sentence.js';
import { CatalogLoader } from './loading/catalog-loader.js';
import { equipped, type Need } from './needs.js';

const folders = { catalogDir: 'catalog', runbooksDir: 'runbooks' };
const have = (...met: Need[]) => ({ isMet: (need: Need) => met.includes(need) });

async function shipped(options: { isMet?: (need: Need) => boolean }): Promise<Catalog> {
  Logger.overrideLogger(false);
  const loader = new CatalogLoader(new Expressions(), new KnownActions());
  const catalog = new Catalog({ ...folders, ...options }, loader, new RememberedVersions());
  await catalog.reload();
  return catalog;
}

it('offers an item where all is there that it needs, and else says what to configure', async () => {
  const catalog = await shipped({});
  const [item] = catalog.list();
  if (item === undefined) throw new Error('The shipped catalog is empty.');
  const needy = { ...item, lifecycle: 'active' as const, needs: ['kubernetes', 'prometheus', 'http'] as const };
  const [full, half, bare] = [['kubernetes', 'prometheus', 'http'], ['kubernetes'], []].map((met) =>
    equipped(needy, have(...(met as Need[])).isMet),
  );
  expect([full, half, bare].map((one) => one !== undefined && isOffered(one))).toEqual([true, false, false]);
  expect(full).toBe(needy);
  expect(half?.lacks).toEqual(['prometheus', 'http']);
  expect(lifecycleSentence(bare ?? item)).toBe(
    `${item.title} cannot be requested here yet: whoever runs this bot has to set KUBERNETES_CLUSTERS, and list the host of Prometheus in HTTP_ALLOWED_HOSTS, and list the host in HTTP_ALLOWED_HOSTS.`,
  );
});

it('keeps what lacks something in the catalog, unchanged but for that', async () => {
  const [bare, full] = [await shipped(have()), await shipped({})];
  expect(bare.list().map(({ name }) => name)).toEqual(full.list().map(({ name }) => name));
  for (const item of full.list()) {
    const { lacks = [], ...rest } = bare.item(item.name);
    expect([rest, lacks]).toEqual([item, [...new Set(item.needs)]]);
  }
  expect(bare.problems()).toEqual(full.problems());
});
