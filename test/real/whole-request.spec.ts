import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Requests, SubmitRequest } from '../../src/requests/index.js';
import { Resources } from '../../src/resources/index.js';
import { SecretStore } from '../../src/secrets/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { clusterRequests } from '../builders/cluster-request.js';
import { Core } from '../builders/core.js';
import { findProgram } from './programs.mjs';
import { clusterMissing, type RealCluster, startRealCluster } from './real-cluster.js';

const ROOT = join(import.meta.dirname, '../..');
const ITEM = `
name: shop
title: Shop
summary: A namespace with a database from a module, a service, and a release beside it.
version: 1.0.0
owner: platform
lifecycle: active
environments: [development]
parameters:
  type: object
  required: [name, image]
  properties:
    name: { type: string, title: Name, description: Of the namespace., pattern: "^qm-[a-z0-9]{3,20}$", examples: [qm-shop] }
    image: { type: string, title: Image, description: What runs., pattern: "^[a-z0-9./:-]{3,80}$", examples: ["example.org/web:1"] }
lease: { defaultHours: 24, maxHours: 48, warnHoursBefore: 2, extendHours: 24 }
resource: { kind: shop, title: "\${{ params.name }}", identity: "\${{ params.name }}" }
steps:
  - name: space
    title: Namespace
    action: kubernetes:namespace
    with: { cluster: real, name: "\${{ params.name }}", quota: { pods: 10 } }
    timeoutSeconds: 120
  - name: data
    title: Database
    action: opentofu:workspace
    with:
      variables: { name: "\${{ params.name }}" }
      files:
        main.tf: |
          variable "name" { type = string }
          resource "terraform_data" "database" { input = var.name }
          output "password" {
            value     = "pass-of-\${terraform_data.database.id}"
            sensitive = true
          }
    timeoutSeconds: 120
  - name: service
    title: Service
    action: kubernetes:apply
    with:
      cluster: real
      namespace: "\${{ steps.space.output.namespace }}"
      secrets: { database: { PASSWORD: { ref: "\${{ steps.data.output.secretRef }}", field: password } } }
      objects:
        - apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop }
          spec:
            replicas: 1
            selector: { matchLabels: { app: shop } }
            template:
              metadata: { labels: { app: shop } }
              spec:
                containers:
                  - { name: shop, image: "\${{ params.image }}", env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: database, key: PASSWORD } } }] }
    timeoutSeconds: 120
  - name: broker
    title: Broker
    action: helm:release
    with: { cluster: real, namespace: "\${{ steps.space.output.namespace }}", release: broker, chart: { template: web } }
    timeoutSeconds: 120
outputs:
  namespace: "\${{ steps.space.output.namespace }}"
`;

const programs = [findProgram('opentofu'), findProgram('helm')];
const missing = programs.flatMap((one) => ('missing' in one ? [one.missing] : []))[0] ?? clusterMissing();

describe('a whole request on real systems', () => {
  if (missing !== null) {
    it(`LEFT OUT: ${missing}`, () => {
      console.warn(`The test of a whole request on real systems was left out: ${missing}`);
      expect(missing).not.toBe('');
    });
    return;
  }
  let cluster: RealCluster;
  let core: Core;
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-whole-'));
  const [tofu, helm] = programs.map((one) => ('path' in one ? one.path : ''));
  beforeAll(async () => {
    cluster = await startRealCluster();
    const catalog = join(folder, 'catalog');
    cpSync(join(ROOT, 'catalog'), catalog, { recursive: true });
    writeFileSync(join(catalog, 'items/shop.yaml'), ITEM);
    mkdirSync(join(catalog, 'templates'), { recursive: true });
    cpSync(join(ROOT, 'test/fixtures/helm/web'), join(catalog, 'templates/web'), { recursive: true });
    core = await Core.start({
      CATALOG_DIR: catalog,
      KUBERNETES_CONFIG: cluster.kubeconfig,
      KUBERNETES_CLUSTERS: `real=${cluster.contexts.real ?? ''}`,
      OPENTOFU_PROGRAM: tofu ?? '',
      HELM_PROGRAM: helm ?? '',
    });
  });
  afterAll(async () => {
    await core.stop();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const submitted = async (name: string, image: string) => {
    const request = await core.get(SubmitRequest).submit({
      person: await core.person('ada'),
      itemName: 'shop',
      teamId: 'payments',
      environment: 'development',
      parameters: { name, image },
      reason: 'a test',
      leaseHours: 24,
      idempotencyKey: name,
      traceId: 'trc-test',
      originChannelId: null,
    });
    return core.until(
      () => core.get(Requests).get(request.id),
      ({ state }) => state === 'ready' || state === 'failed',
      6_000,
    );
  };
  const ask = (path: string): Promise<JsonObject> =>
    clusterRequests(cluster.kubeconfig, cluster.contexts.real ?? '')('GET', path);
  const states = () => core.database.transactions.query<{ id: string }>('select id from opentofu_states');

  it('makes all of it, and takes all of it away', async () => {
    const done = await submitted('qm-shop', 'example.org/web:1');
    expect([done.state, done.failure]).toEqual(['ready', null]);
    expect(await ask('/apis/apps/v1/namespaces/qm-shop/deployments/shop')).toMatchObject({
      status: { availableReplicas: 1 },
    });
    expect(await ask('/apis/apps/v1/namespaces/qm-shop/deployments/broker')).toMatchObject({
      status: { availableReplicas: 1 },
    });
    expect(await states()).toEqual([{ id: `${done.resourceId}:main` }]);
    const resource = await core.get(Resources).get(done.resourceId);
    const { data } = (await ask('/api/v1/namespaces/qm-shop/secrets/database')) as { data: { PASSWORD: string } };
    const password = Buffer.from(data.PASSWORD, 'base64').toString();
    expect(await core.get(SecretStore).get(resource.secretRef ?? '')).toEqual({ password });
    const written = await core.database.transactions.query('select * from step_runs');
    expect(JSON.stringify(written)).not.toContain(password);

    await core
      .get(Resources)
      .requestDestroy({ resourceId: resource.id, person: await core.person('ada'), why: 'done' });
    await core.until(
      () => core.get(Resources).get(resource.id),
      ({ state }) => state === 'destroyed',
      6_000,
    );
    expect(await ask('/api/v1/namespaces/qm-shop')).toMatchObject({ reason: 'NotFound' });
    expect(await states()).toEqual([]);
  });

  it('takes back what it made when a step fails, and says why', async () => {
    const done = await submitted('qm-broken', 'example.org/crash:1');
    expect(done.state).toBe('failed');
    expect(JSON.stringify(done.failure)).toContain('it ends again and again (exit code 1)');
    expect(await ask('/api/v1/namespaces/qm-broken')).toMatchObject({ reason: 'NotFound' });
    expect(await states()).toEqual([]);
  });
});
