import { Operations, ResourceLives } from '../../src/lifecycle/index.js';
import { Requests, SubmitRequest } from '../../src/requests/index.js';
import { Resources } from '../../src/resources/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { clusterRequests } from '../builders/cluster-request.js';
import { Core } from '../builders/core.js';
import { ToldServer } from '../builders/told-server.js';
import { clusterMissing, type RealCluster, startRealCluster } from './real-cluster.js';

const ROUTES = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const ROUTE = 'httproutes.gateway.networking.k8s.io';
/** As much of the Gateway API as a route needs to be kept. */
const GATEWAY_API = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: ROUTE, annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' } },
  spec: {
    group: 'gateway.networking.k8s.io',
    scope: 'Namespaced',
    names: { kind: 'HTTPRoute', plural: 'httproutes', singular: 'httproute', listKind: 'HTTPRouteList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
};
const missing = clusterMissing();

describe('items of the example catalog on a real API server', () => {
  if (missing !== null) {
    it(`LEFT OUT: ${missing}`, () => {
      console.warn(`The scenarios on a real API server were left out: ${missing}`);
      expect(missing).not.toBe('');
    });
    return;
  }
  const image = (tag: string): string => process.env.QM_REAL_IMAGE ?? `example.org/web:${tag}`;
  let cluster: RealCluster;
  let prometheus: ToldServer;
  let core: Core;
  let broughtRoutes = false;
  let errors = (): number => 0;

  const ask = (method: string, path: string, body?: JsonObject): Promise<JsonObject> =>
    clusterRequests(cluster.kubeconfig, cluster.contexts.real ?? '')(method, path, body);
  beforeAll(async () => {
    cluster = await startRealCluster();
    broughtRoutes = (await ask('GET', `${ROUTES}/${ROUTE}`)).reason === 'NotFound';
    if (broughtRoutes) await ask('POST', ROUTES, GATEWAY_API);
    prometheus = await ToldServer.start();
    prometheus.tell((url, response) => {
      const value = url.searchParams.get('query') === 'vector(1)' ? 1 : errors();
      const result = [{ metric: {}, value: [1_795_000_000.123, String(value)] }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
    core = await Core.start({
      KUBERNETES_CONFIG: cluster.kubeconfig,
      KUBERNETES_CLUSTERS: `real=${cluster.contexts.real ?? ''}`,
      HTTP_ALLOWED_HOSTS: prometheus.url,
    });
    await core.until(
      () => ask('GET', '/apis/gateway.networking.k8s.io/v1'),
      ({ resources }) => Array.isArray(resources) && resources.length > 0,
    );
  });
  afterAll(async () => {
    await core.stop();
    await prometheus.stop();
    if (broughtRoutes) await ask('DELETE', `${ROUTES}/${ROUTE}`);
    await cluster.stop();
  });

  async function made(itemName: string, parameters: JsonObject) {
    const request = await core.get(SubmitRequest).submit({
      person: await core.person('ada'),
      itemName,
      teamId: 'payments',
      environment: 'development',
      parameters,
      reason: 'a test',
      leaseHours: 24,
      idempotencyKey: itemName,
      traceId: 'trc-test',
      originChannelId: null,
    });
    const done = await core.until(
      () => core.get(Requests).get(request.id),
      ({ state }) => state === 'ready' || state === 'failed',
      6_000,
    );
    expect([done.state, done.failure]).toEqual(['ready', null]);
    return core.get(Resources).get(done.resourceId);
  }

  async function deployed(resourceId: string, tag: string) {
    const operations = core.get(Operations);
    const wish = {
      resourceId,
      name: 'deploy',
      person: await core.person('ada'),
      parameters: { image: image(tag), seconds: 0 },
      reason: '',
    };
    const { plan } = await operations.preview(wish);
    await operations.begin({ ...wish, planDigest: plan.digest, idempotencyKey: tag, traceId: 'test' });
    const life = await core.until(
      () => core.get(ResourceLives).find(resourceId),
      (found) => found?.lately[0]?.state === 'done' || found?.lately[0]?.state === 'failed',
      6_000,
    );
    return life?.lately[0];
  }

  async function destroyed(resourceId: string, namespace: string): Promise<void> {
    await core.get(Resources).requestDestroy({ resourceId, person: await core.person('ada'), why: 'done' });
    await core.until(
      () => core.get(Resources).get(resourceId),
      ({ state }) => state === 'destroyed',
      6_000,
    );
    expect(await ask('GET', `/api/v1/namespaces/${namespace}`)).toMatchObject({ reason: 'NotFound' });
  }

  it('shift the traffic to green, back to blue by themselves when the metric is bad, and leave nothing', async () => {
    const space = 'payments-development-qm-shop';
    const weights = async (): Promise<unknown> => {
      const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${space}/httproutes/qm-shop`;
      const { spec } = (await ask('GET', path)) as { spec: { rules: { backendRefs: { weight: number }[] }[] } };
      return spec.rules[0]?.backendRefs.map(({ weight }) => weight);
    };
    const deployments = async (): Promise<unknown> => {
      const { items } = (await ask('GET', `/apis/apps/v1/namespaces/${space}/deployments`)) as {
        items: { metadata: { name: string } }[];
      };
      return items.map(({ metadata: { name } }) => name);
    };
    const { id } = await made('blue-green-service', {
      name: 'qm-shop',
      image: image('1'),
      host: 'shop.example.org',
      cluster: 'real',
      gateway: 'gateways/public',
      prometheus: prometheus.url,
    });
    expect([await weights(), await deployments()]).toEqual([[100, 0], ['qm-shop-blue']]);
    expect(await deployed(id, '2')).toMatchObject({ state: 'done', failure: null });
    expect([await weights(), await deployments()]).toEqual([[0, 100], ['qm-shop-green']]);
    let looks = 0;
    // Good as it is planned, as it begins and with 10 %.
    errors = () => ((looks += 1) > 2 ? 7 : 0);
    expect(await deployed(id, '3')).toMatchObject({ state: 'failed' });
    expect(looks).toBeGreaterThan(2);
    expect([await weights(), await deployments()]).toEqual([[0, 100], ['qm-shop-green']]);
    await destroyed(id, space);
  });

  it('run a function with its credentials, its subscription and its dashboard', async () => {
    const space = 'payments-development-receipts';
    const { id } = await made('event-function', {
      name: 'receipts',
      code: image('1'),
      topic: 'orders.paid',
      cluster: 'real',
    });
    expect(await ask('GET', `/apis/apps/v1/namespaces/${space}/deployments/receipts`)).toMatchObject({
      status: { availableReplicas: 1 },
    });
    for (const name of ['receipts-subscription', 'receipts-dashboard'])
      expect(await ask('GET', `/api/v1/namespaces/${space}/configmaps/${name}`)).toMatchObject({ kind: 'ConfigMap' });
    expect(await ask('GET', `/api/v1/namespaces/${space}/secrets/database`)).toMatchObject({
      data: { PGPASSWORD: expect.stringMatching(/.{20}/) },
    });
    await destroyed(id, space);
  });
});
