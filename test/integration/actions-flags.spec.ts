import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlagSources } from '../../src/orchestrator/actions/feature-flag/flag-sources.js';
import { featureFlagSetAction } from '../../src/orchestrator/actions/feature-flag/set.action.js';
import { HttpTarget } from '../../src/orchestrator/actions/http/http-target.js';
import { GuardedHttp } from '../../src/platform/http-client/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { ApiServer } from '../fakes/api-server.js';

const EMPTY = { $schema: 'https://flagd.dev/schema/v0/flags.json', flags: { theirs: { state: 'ENABLED' } } };

describe('feature-flag:set', () => {
  let folder: string;
  let api: ApiServer;
  let document: any;
  let revision: number;
  let bench: ActionBench;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-flags-'));
    await writeFile(join(folder, 'orders.json'), JSON.stringify(EMPTY));
    [document, revision] = [structuredClone(EMPTY), 1];
    api = await ApiServer.start(({ method, headers, body }) => {
      if (method === 'GET') return { status: 200, headers: { etag: `"${revision}"` }, body: document };
      if (headers['if-match'] !== `"${revision}"`) return { status: 412, body: { message: 'changed meanwhile' } };
      [document, revision] = [body, revision + 1];
      return { status: 204 };
    });
    const target = new HttpTarget(new GuardedHttp([api.url]), () => Promise.resolve());
    bench = new ActionBench(featureFlagSetAction(new FlagSources(folder, target)));
  });
  afterEach(async () => {
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const inFile = async (): Promise<any> => JSON.parse(await readFile(join(folder, 'orders.json'), 'utf8'));
  const step = (percent: number, where: JsonObject = { file: 'orders.json' }): JsonObject => ({
    in: where,
    flag: 'new-basket',
    rollout: { variant: 'on', percent },
  });
  const places: [string, () => JsonObject, () => Promise<any>][] = [
    ['a file', () => ({ file: 'orders.json' }), inFile],
    ['a server', () => ({ server: { url: api.url }, path: ['flags', 'orders'] }), () => Promise.resolve(document)],
  ];

  it.each(places)(
    'goes 1 → 10 → 100 % in %s and all the way back, and touches nothing else',
    async (_where, where, look) => {
      expect(await bench.plan(step(1, where()))).toEqual({
        kind: 'create',
        summary: 'Flag new-basket: on 1 %, off 99 %',
      });
      const states = [];
      for (const percent of [1, 10, 100]) {
        const made = await bench.apply(step(percent, where()), `key-${percent}`);
        expect(await bench.apply(step(percent, where()), `key-${percent}`)).toEqual(made);
        states.push(made.state);
      }
      const flag = (await look()).flags['new-basket'];
      expect(flag).toMatchObject({ state: 'ENABLED', defaultVariant: 'on', variants: { on: true, off: false } });
      expect(flag.metadata).toEqual({
        quartermaster: 'key-100',
        'quartermaster-resource': 'res-test',
        'quartermaster-team': 'payments',
        'quartermaster-environment': 'development',
        'quartermaster-request': 'req-test',
      });
      expect(await bench.plan(step(100, where()))).toMatchObject({ kind: 'none' });
      expect(await bench.plan(step(50, where()))).toMatchObject({
        kind: 'change',
        summary: expect.stringContaining('on for everybody → on 50 %'),
      });
      for (const [index, state] of states.entries())
        expect(await bench.read(state)).toMatchObject({
          exists: true,
          detail: index === 2 ? expect.not.stringContaining('somebody') : expect.stringContaining('somebody'),
        });
      await bench.destroy(states[2] ?? null);
      expect((await look()).flags['new-basket'].targeting.fractional.slice(1)).toEqual([
        ['on', 10],
        ['off', 90],
      ]);
      await bench.destroy(states[1] ?? null);
      await bench.destroy(states[0] ?? null);
      await bench.destroy(states[0] ?? null);
      expect(await look()).toEqual(EMPTY);
    },
  );

  it('leaves what somebody changed since, before and after', async () => {
    await bench.intend(step(1));
    await writeFile(join(folder, 'orders.json'), JSON.stringify({ flags: { 'new-basket': { state: 'DISABLED' } } }));
    await expect(bench.apply(step(1))).rejects.toThrow('meanwhile');
    const { state } = await bench.apply(step(10), 'key-2');
    await writeFile(join(folder, 'orders.json'), JSON.stringify({ flags: { 'new-basket': { state: 'DISABLED' } } }));
    await bench.destroy(state, 'key-2');
    expect(await inFile()).toEqual({ flags: { 'new-basket': { state: 'DISABLED' } } });
  });

  it('loses no change when two steps write at once, and says so when a server takes only one', async () => {
    const flags = Array.from({ length: 8 }, (_, index) => `flag-${index}`);
    await Promise.all(flags.map((flag) => bench.apply({ ...step(10), flag }, flag)));
    expect(Object.keys((await inFile()).flags).sort()).toEqual([...flags, 'theirs'].sort());
    expect((await readdir(folder)).sort()).toEqual(['orders.json']);
    const server = { server: { url: api.url }, path: ['flags'] };
    await bench.intend(step(10, server), 'late');
    api.next.push({ status: 200, headers: { etag: '"0"' }, body: document });
    await expect(bench.apply(step(10, server), 'late')).rejects.toMatchObject({ retryable: true });
  });

  it('refuses what does not fit, and files that are not there or no JSON', async () => {
    expect(bench.problems({ ...step(101), serve: 'of' })).toEqual(['rollout.percent', 'serve']);
    expect(bench.problems({ ...step(1), serve: 'of' })).toEqual(['serve']);
    expect(bench.problems({ ...step(1), in: { file: '../orders.json' } })).toEqual(['in.file']);
    expect(await bench.plan(step(1, { file: 'missing.json' }))).toMatchObject({ kind: 'cannot' });
    await writeFile(join(folder, 'broken.json'), '{');
    expect(await bench.plan(step(1, { file: 'broken.json' }))).toMatchObject({ kind: 'cannot' });
  });
});
