import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ProgramList } from '../../src/orchestrator/actions/exec/program-list.js';
import { Templates } from '../../src/orchestrator/actions/git/template.js';
import { Charts } from '../../src/orchestrator/actions/helm/charts.js';
import { HELM } from '../../src/orchestrator/actions/helm/helm.js';
import { helmReleaseAction } from '../../src/orchestrator/actions/helm/release.action.js';
import { Clusters } from '../../src/orchestrator/actions/kubernetes/clusters.js';
import { ObjectSet } from '../../src/orchestrator/actions/kubernetes/object-set.js';
import { GuardedHttp } from '../../src/platform/http-client/index.js';
import { Programs } from '../../src/platform/programs/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import type { ClusterWorld } from '../builders/cluster-world.js';

/** How runs of the program are recorded. */
export const helmRecording = {
  fixture: join(import.meta.dirname, '../fixtures/helm/runs.jsonl.gz'),
  ignored: ['kubeconfig.json', 'helm', '.kube'],
  kept: [],
};

/** What the action promises, with a cluster and a program of the name `helm`, both real or both recorded. */
export interface HelmWorld {
  readonly world: ClusterWorld;
  readonly program: string;
  /** Where Helm itself goes. */
  readonly clusters: Clusters;
}

export function helmBench({ world, program, clusters }: HelmWorld): ActionBench {
  const tools = { programs: new Programs(), list: new ProgramList({ [HELM]: program }), clusters };
  const templates = new Templates(join(import.meta.dirname, '../fixtures/helm'));
  const charts = new Charts(templates, new GuardedHttp(['charts.example.org']));
  return new ActionBench(helmReleaseAction(tools, charts, world.set), world.secrets);
}

export function helmContract(open: (test: string) => Promise<HelmWorld>): void {
  let world: ClusterWorld;
  let namespace: string;
  let bench: ActionBench;
  beforeEach(async () => {
    const test = expect.getState().currentTestName ?? '';
    namespace = `qm-${createHash('sha256').update(test).digest('hex').slice(0, 10)}`;
    const opened = await open(test);
    world = opened.world;
    bench = helmBench(opened);
    await world.bench('namespace').apply({ cluster: 'real', name: namespace }, 'key-namespace');
  });
  afterEach(async () => {
    const state = await world.bench('namespace').intend({ cluster: 'real', name: namespace }, 'key-namespace');
    await world.bench('namespace').destroy(state ?? {}, 'key-namespace');
  });
  const input = (values: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
    cluster: 'real',
    namespace,
    release: 'web',
    chart: { template: 'web' },
    values,
    ...more,
  });
  const deployment = () => world.get(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);

  it('previews by a dry run, deploys once for a key, upgrades, goes back, and takes away', async () => {
    expect(await bench.plan(input())).toEqual({
      kind: 'create',
      summary: `Release web in ${namespace} on real`,
      details: ['+ Secret web', '+ Deployment web'],
    });
    const made = await bench.apply(input());
    expect(made.output).toEqual({ release: 'web', namespace, revision: 1 });
    expect(await deployment()).toMatchObject({ status: { availableReplicas: 1 } });
    expect(await world.get(`/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.web.v1`)).toMatchObject({
      metadata: {
        labels: {
          'quartermaster-resource': 'res-test',
          'quartermaster-team': 'payments',
          'quartermaster-environment': 'development',
          'quartermaster-request': 'req-test',
        },
      },
    });
    expect((await bench.apply(input(), 'key-1', { attempt: 2 })).output).toMatchObject({ revision: 1 });
    expect(await bench.plan(input())).toEqual({ kind: 'none', summary: 'Release web is as wanted already' });
    expect(await bench.read(made.state)).toEqual({ exists: true, detail: 'revision 1 is deployed' });

    expect(await bench.plan(input({ replicas: 2 }))).toEqual({
      kind: 'change',
      summary: `Release web in ${namespace} on real, after revision 1`,
      details: ['~ Deployment web', '   spec.replicas: 1 → 2'],
    });
    const bigger = await bench.apply(input({ replicas: 2 }), 'key-2');
    expect(bigger.output).toMatchObject({ revision: 2 });
    expect(await deployment()).toMatchObject({ spec: { replicas: 2 } });
    await bench.destroy(bigger.state, 'key-2');
    expect(await deployment()).toMatchObject({ spec: { replicas: 1 } });

    await world.removed(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
    expect(await bench.read(made.state)).toEqual({
      exists: true,
      detail: 'revision 3 is deployed, but differs: missing Deployment web',
    });
    await bench.destroy(made.state);
    expect(await bench.read(made.state)).toEqual({ exists: false, detail: 'it is not there' });
    await bench.destroy(made.state);
  });

  it('becomes in place what a newer version asks for, once, and goes back', async () => {
    const made = await bench.apply(input());
    expect(await bench.planChange(input({ replicas: 2 }), made)).toMatchObject({
      kind: 'change',
      details: ['~ Deployment web', '   spec.replicas: 1 → 2'],
    });
    const changed = await bench.change(input({ replicas: 2 }), made);
    expect(changed).toMatchObject({ state: made.state, output: { revision: 2 } });
    expect((await bench.change(input({ replicas: 2 }), made)).output).toMatchObject({ revision: 2 });
    expect(await deployment()).toMatchObject({ spec: { replicas: 2 } });
    expect((await bench.changeBack(input(), changed)).output).toMatchObject({ revision: 3 });
    expect(await deployment()).toMatchObject({ spec: { replicas: 1 } });
    expect(await bench.planChange(input({}, { release: 'site' }), made)).toEqual({
      kind: 'cannot',
      summary: 'A release can’t be moved or renamed. Request it anew and move over.',
    });
    await bench.destroy(changed.state);
    expect(await bench.read(changed.state)).toEqual({ exists: false, detail: 'it is not there' });
  });

  it('keeps secrets out of plans and progress', async () => {
    const ref = await world.secrets.put('db/orders', { password: 'pass-very-secret-1' }, { idempotencyKey: 'put' });
    const wanted = input({}, { secretValues: { '/password': { ref, field: 'password' } } });
    const plan = await bench.plan(wanted);
    const made = await bench.apply(wanted);
    const secret = await world.get(`/api/v1/namespaces/${namespace}/secrets/web`);
    expect(secret).toMatchObject({ data: { password: Buffer.from('pass-very-secret-1').toString('base64') } });
    const changed = await bench.plan(input({ password: 'pass-very-secret-2' }));
    expect(changed).toMatchObject({
      kind: 'change',
      details: ['~ Secret web', '   stringData.password: another value'],
    });
    expect(JSON.stringify([plan, made, changed, bench.reported])).not.toContain('very-secret');
  });

  it('says why it does not get ready, and what Helm or the cluster does not take', async () => {
    await expect(bench.apply(input({ image: 'example.org/crash:1' }, { waitSeconds: 30 }))).rejects.toMatchObject({
      publicMessage: expect.stringMatching(
        /^Deployment web does not get ready .*it ends again and again \(exit code 1\)/,
      ),
    });
    expect(await bench.plan(input({ image: '' }))).toMatchObject({
      kind: 'cannot',
      summary: expect.stringContaining('an image is needed'),
    });
    expect(await bench.plan(input({}, { chart: { template: 'missing' } }))).toMatchObject({ kind: 'cannot' });
    const elsewhere = { repository: 'https://elsewhere.example.net', name: 'web', version: '1.0.0' };
    expect(await bench.plan(input({}, { chart: elsewhere }))).toMatchObject({
      kind: 'cannot',
      summary: expect.stringContaining('elsewhere.example.net'),
    });
  });

  it('of another resource is left alone', async () => {
    await bench.apply(input());
    const other = {
      labels: { resourceId: 'res-other', team: 'payments', environment: 'development', requestId: 'req-test' },
    };
    await expect(bench.action.intend(input(), { ...bench.context('key-9'), ...other })).rejects.toMatchObject({
      publicMessage: 'The release web is there already and was not made for this resource. Choose another name.',
    });
    const plan = await bench.action.plan(input(), { secrets: world.secrets, ...other });
    expect(plan).toMatchObject({ kind: 'cannot', summary: expect.stringContaining('was not made for this resource') });
  });
}

/** Bad input, which no cluster ever sees. */
export function helmRefusals(): void {
  const nowhere = new Clusters();
  const tools = { programs: new Programs(), list: new ProgramList({}), clusters: nowhere };
  const set = new ObjectSet(nowhere, () => Promise.resolve());
  const action = helmReleaseAction(tools, new Charts(new Templates(null), new GuardedHttp([])), set);
  const bench = new ActionBench(action);
  const good = { cluster: 'real', namespace: 'orders', release: 'web', chart: { template: 'web' } };

  it.each([
    [{ release: '../web' }, 'release'],
    [{ release: '--all' }, 'release'],
    [{ chart: { template: '../web' } }, 'chart.template'],
    [{ chart: { repository: 'http://charts.example.org', name: 'web', version: '1.0.0' } }, 'chart.repository'],
    [{ chart: { repository: 'https://charts.example.org', name: 'web' } }, 'chart'],
    [{ chart: { repository: 'https://charts.example.org', name: '--post-renderer', version: '1.0.0' } }, 'chart.name'],
    [{ namespace: 'kube-system' }, 'namespace'],
    [{ secretValues: { '/password': 'plain' } }, 'secretValues./password'],
    [{ secretValues: { password: { ref: 'kv:x#1', field: 'x' } } }, 'secretValues.password'],
  ] as [JsonObject, string][])('refuses %j', (wrong, place) => {
    expect(bench.problems(good)).toEqual([]);
    expect(bench.problems({ ...good, ...wrong })).toContain(place);
  });
}
