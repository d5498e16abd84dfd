import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Catalog } from '../../src/catalog/index.js';
import type { Person } from '../../src/identity/index.js';
import { ResourceLives, Upgrading } from '../../src/lifecycle/index.js';
import { PreviewRequest, Requests, SubmitRequest } from '../../src/requests/index.js';
import { Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';
import { EnvironmentWorld } from '../builders/environment-world.js';

jest.setTimeout(180_000);

const BROKEN = `  - name: broken
    title: Does not work
    action: demo:fail
    with: { when: true, message: "It was told to fail." }
    retry: { attempts: 1, backoffSeconds: 0 }
`;

/** Everything of a resource on several systems becomes what a newer version says, or is put back. */
describe('a test environment of a newer version', () => {
  let folder: string;
  let world: EnvironmentWorld;
  let core: Core;
  let ada: Person;
  let source: string;
  let minor = 100;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-upgraded-'));
    await cp('catalog', folder, { recursive: true });
    source = (await readFile(join(folder, 'items/test-environment.yaml'), 'utf8')).split('# Run by npm run')[0] ?? '';
    world = await EnvironmentWorld.start();
    core = await Core.start({ ...world.environment, CATALOG_DIR: folder });
    ada = await core.person('ada');
  });
  afterAll(async () => {
    await core.stop();
    await world.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function release(change: (text: string) => string): Promise<string> {
    minor += 1;
    const version = `1.${minor}.0`;
    const text = change(source).replace(/^version: [\d.]+$/m, `version: ${version}`);
    await writeFile(join(folder, 'items/test-environment.yaml'), text);
    await core.get(Catalog).reload();
    expect(core.get(Catalog).problems()).toEqual([]);
    return version;
  }
  const changed = (text: string): string =>
    text
      .replace('pods: "20"', 'pods: "30"')
      .replace('title: Test environment ${{ params.name }}', 'title: What ${{ params.name }} does')
      .replace('metadata: { name: environment }', 'metadata: { name: settings }');

  async function made(): Promise<string> {
    const parameters = { name: 'checkout', size: 'small', cluster: 'staging', grafana: world.grafana.server.url };
    const place = { teamId: 'payments', environment: 'development' };
    const wish = { person: ada, itemName: 'test-environment', ...place, parameters, reason: '', leaseHours: 8 };
    await core.get(PreviewRequest).preview(wish);
    const more = { idempotencyKey: randomBytes(8).toString('hex'), traceId: 'test', originChannelId: null };
    const { id, resourceId } = await core.get(SubmitRequest).submit({ ...wish, ...more });
    const ended = await core.until(
      () => core.get(Requests).get(id),
      ({ state }) => state !== 'provisioning',
    );
    expect(ended).toMatchObject({ state: 'ready' });
    return resourceId;
  }
  async function upgrade(resourceId: string) {
    const wish = { resourceId, person: ada, answers: {} };
    const { plan } = await core.get(Upgrading).preview(wish);
    const more = { planDigest: plan.digest, reason: '', idempotencyKey: randomBytes(8).toString('hex') };
    await core.get(Upgrading).begin({ ...wish, ...more, traceId: 'test' });
    return core.until(
      async () => (await core.get(ResourceLives).find(resourceId))?.lately[0],
      (one) => one !== undefined && !['awaiting-approval', 'waiting', 'running'].includes(one.state),
    );
  }
  const looks = () => ({
    pods: JSON.stringify(world.cluster.find('ResourceQuota', 'quartermaster')).includes('"pods":"30"') ? 30 : 20,
    maps: ['environment', 'settings'].filter((name) => world.cluster.find('ConfigMap', name) !== undefined),
    boards: [...world.grafana.dashboards.values()].map(({ dashboard }) => String(dashboard.title)),
  });

  it('is changed in place in cluster and Grafana, once; a version that fails is undone as a whole; all of it goes in the end', async () => {
    await release((text) => text);
    const id = await made();
    const [before, dashboards] = [looks(), [...world.grafana.dashboards.keys()]];
    expect(before).toEqual({ pods: 20, maps: ['environment'], boards: ['Test environment checkout'] });

    await release((text) => changed(text).replace('\noutputs:\n', `\n${BROKEN}\noutputs:\n`));
    expect(await upgrade(id)).toMatchObject({ state: 'failed', failure: expect.stringContaining('was undone') });
    expect(looks()).toEqual(before);

    const version = await release(changed);
    const { plan } = await core.get(Upgrading).preview({ resourceId: id, person: ada, answers: {} });
    expect(plan.changes).toMatchObject([
      { step: 'space', kind: 'change' },
      { step: 'role', kind: 'none' },
      { step: 'database', kind: 'none' },
      { step: 'secrets', kind: 'change', details: ['+ ConfigMap settings', '- ConfigMap environment'] },
      { step: 'folder', kind: 'none' },
      { step: 'dashboard', kind: 'change' },
    ]);
    expect(await upgrade(id)).toMatchObject({ state: 'done', failure: null, title: `Upgrade to ${version}` });
    expect(looks()).toEqual({ pods: 30, maps: ['settings'], boards: ['What checkout does'] });
    expect([...world.grafana.dashboards.keys()]).toEqual(dashboards);
    expect(world.cluster.changes.filter((change) => change.startsWith('Namespace/'))).toHaveLength(1);

    await core.get(Resources).requestDestroy({ resourceId: id, person: ada, why: 'test' });
    const gone = await core.until(
      () => core.get(Resources).get(id),
      ({ state }) => state !== 'destroying',
    );
    expect(gone).toMatchObject({ state: 'destroyed' });
    expect(world.things).toEqual([]);
  });
});
