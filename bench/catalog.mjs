import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const ITEMS = 10_000;
const HISTORY = 1_000_000;
const ASKED = 400;
const THINGS = [
  'database',
  'queue',
  'bucket',
  'cache',
  'topic',
  'cluster',
  'secret',
  'domain',
  'dashboard',
  'pipeline',
];
const KINDS = ['small', 'large', 'shared', 'private', 'managed', 'replicated', 'regional', 'encrypted'];
const person = { id: 'U0ADA', teams: [{ teamId: 'team-3', relation: 'member' }], roles: [] };

/** 10,000 items read from files, searched and described, before and after a million requests. */
export async function measureCatalog(stage) {
  const parts = await openParts(stage);
  const { catalog, search, usage, source, folder } = parts;
  try {
    const first = await timed(() => catalog.reload());
    const again = await timed(() => catalog.reload());
    const file = join(folder, 'items/item-00042.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('version: 1.0.0', 'version: 1.1.0'));
    const changed = await timed(() => catalog.reload());
    const indexed = await timed(() => search.onModuleInit());

    const empty = await asked(search, usage);
    await grow(source);
    await search.tick();
    const full = await asked(search, usage);
    return {
      items: catalog.list().length,
      requests: HISTORY,
      reload: { first, again, changed, indexed },
      empty,
      full,
      table: [
        `${`${ITEMS.toLocaleString('en')} files read, checked, stored`.padEnd(44)} ${seconds(first)}`,
        `${'… again, none changed'.padEnd(44)} ${seconds(again)}`,
        `${'… again, one changed'.padEnd(44)} ${seconds(changed)}`,
        `${'all put into the index'.padEnd(44)} ${seconds(indexed)}`,
        ...Object.keys(empty).map(
          (name) => `${name.padEnd(44)} ${line(empty[name])}   with 1,000,000 requests ${line(full[name])}`,
        ),
      ],
    };
  } finally {
    await source.destroy();
  }
}

/** Real files, the real catalog and the real database; only the actions are a list. */
async function openParts(stage) {
  const { createDataSource, migrate, Transactions } = await import('../dist/src/platform/database/index.js');
  const { Catalog, CatalogLoader, Expressions } = await import('../dist/src/catalog/index.js');
  const { DatabaseVersionStore } = await import('../dist/src/catalog/versions/version-store.js');
  const { CatalogSearch } = await import('../dist/src/browsing/index.js');
  const { ItemUsage } = await import('../dist/src/requests/index.js');
  const { Logger } = await import('@nestjs/common');
  Logger.overrideLogger(false);
  const folder = await writeItems(stage.folder);
  const { url } = await stage.freshDatabase();
  const source = await createDataSource({ url, poolSize: 4 });
  await source.initialize();
  await migrate(source);
  const transactions = new Transactions(source);
  const actions = {
    has: () => true,
    describe: () => [{ id: 'demo:progress', title: 'x', outputs: ['ticks'] }],
    inputProblems: () => [],
    hasLookup: () => true,
    lookups: () => [],
    lookupProblems: () => [],
  };
  const loader = new CatalogLoader(new Expressions(), actions);
  const options = { catalogDir: folder, runbooksDir: join(folder, 'runbooks') };
  const catalog = new Catalog(options, loader, new DatabaseVersionStore(transactions));
  const usage = new ItemUsage(transactions);
  return { catalog, usage, search: new CatalogSearch(catalog, usage, { error: console.error }), source, folder };
}

async function writeItems(folder) {
  const root = join(folder, 'large-catalog');
  for (const part of ['items', 'runbooks']) await mkdir(join(root, part), { recursive: true });
  const example = await readFile(new URL('../catalog/items/demo-service.yaml', import.meta.url), 'utf8');
  const body = example.slice(example.indexOf('environments:')).replace(/\nexamples:[\s\S]*/, '\n');
  for (let n = 0; n < ITEMS; n += 1) {
    const name = `item-${String(n).padStart(5, '0')}`;
    const title = `${KINDS[n % KINDS.length]} ${THINGS[(n >> 3) % THINGS.length]} ${n}`;
    const head = `name: ${name}\ntitle: ${title}\nsummary: A ${title} for services of group ${n % 97}.\nversion: 1.0.0\nowner: team-${n % 40}\ntags: [${THINGS[n % THINGS.length]}, group-${n % 97}]\nlifecycle: active\n`;
    await writeFile(join(root, 'items', `${name}.yaml`), head + body);
  }
  return root;
}

/** As people would: words, words with a slip, a tag, a team, everything by popularity; the details of an item; and the tick. */
async function asked(search, usage) {
  const all = { words: '', tag: null, owner: null, sort: 'best' };
  const page = { page: 0, size: 8 };
  const queries = {
    'search by words': (n) => ({ ...all, words: `${KINDS[n % KINDS.length]} ${THINGS[n % THINGS.length]}` }),
    'search as it is typed': (n) => ({ ...all, words: THINGS[n % THINGS.length].slice(0, 1 + (n % 4)) }),
    'search with a slip of the fingers': (n) => ({ ...all, words: `${THINGS[n % THINGS.length].slice(0, -2)}x` }),
    'browse a tag by popularity': (n) => ({ ...all, tag: `group-${n % 97}`, sort: 'popular' }),
    'browse a team': (n) => ({ ...all, owner: `team-${n % 40}` }),
    'browse everything': () => all,
  };
  const results = {};
  for (const [name, query] of Object.entries(queries))
    results[name] = await distribution(ASKED, (n) => search.find(query(n), person, page));
  results['time to ready of an item'] = await distribution(ASKED, (n) => usage.timings(nameOf(n)));
  results['popularity of all items (every 30 s)'] = await distribution(40, () => usage.all());
  return results;
}

/** The most requested ones are asked for most: every second request is for one of a hundred items. */
function nameOf(n) {
  return `item-${String(n % 2 === 0 ? n % 100 : (n * 7919) % ITEMS).padStart(5, '0')}`;
}

/** A million requests over two years, half of them for a hundred items, most of them ready. */
async function grow(source) {
  const columns =
    'id, idempotency_key, state, requester_id, team_id, environment, item_name, item_version, item_digest, parameters, lease_hours, plan, plan_digest, resource_id, trace_id, created_at, settled_at';
  for (let from = 0; from < HISTORY; from += 100_000)
    await source.query(
      `insert into requests (${columns})
       select 'req-' || n, 'k' || n, case n % 10 when 0 then 'denied' else 'ready' end, 'U' || n % 500, 'team-' || n % 40, 'development',
         'item-' || lpad((case n % 2 when 0 then n % 100 else (n::bigint * 7919) % ${ITEMS} end)::text, 5, '0'), '1.0.0', 'sha256:x', '{}', 24, '{}', 'x', 'res-' || n, 'trc',
         now() - n * interval '1 minute', now() - n * interval '1 minute' + n % 300 * interval '1 second'
       from generate_series(${from}, ${from + 99_999}) as n`,
    );
  await source.query(
    `insert into item_usage
       select item_name, count(*), sum(power(2, extract(epoch from created_at - timestamptz '2026-01-01 00:00Z') / 2592000)) from requests group by item_name`,
  );
  await source.query('analyze requests');
}

async function distribution(count, work) {
  const latencies = [];
  for (let n = 0; n < count; n += 1) latencies.push(await timed(() => work(n)));
  latencies.sort((a, b) => a - b);
  return { p50: latencies[count >> 1], p95: latencies[Math.floor(count * 0.95)], most: latencies.at(-1) };
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function line({ p50, p95 }) {
  return `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
