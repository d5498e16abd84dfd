import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pauseFor } from '../../src/platform/http-client/index.js';
import { clusterRequests } from '../builders/cluster-request.js';
import { ClusterWorld, writeKubeconfig } from '../builders/cluster-world.js';
import { kubernetesContract } from '../contracts/kubernetes-actions.js';
import { RecordedCluster } from '../fakes/recorded-cluster.js';
import { clusterMissing, type RealCluster, startRealCluster } from './real-cluster.js';

const ANSWERS = join(import.meta.dirname, '../fixtures/kubernetes/answers.jsonl.gz');
const TOKENS = { admin: 'token-of-the-admin', guest: 'token-of-the-guest', stranger: 'token-of-nobody' };
/** With QM_RECORD=1 what the server answers is written down for the default tests. */
const isRecorded = process.env.QM_RECORD === '1';
const missing = clusterMissing();

describe('kubernetes actions', () => {
  if (missing !== null) {
    it(`LEFT OUT against a real API server: ${missing}`, () => {
      console.warn(`The tests against a real Kubernetes were left out: ${missing}`);
      expect(missing).not.toBe('');
    });
    return;
  }
  let cluster: RealCluster;
  let recorder: RecordedCluster | null = null;
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-real-'));
  beforeAll(async () => {
    cluster = await startRealCluster();
    if (isRecorded) recorder = await RecordedCluster.start([], serverIn(cluster.kubeconfig));
  });
  afterAll(async () => {
    if (recorder !== null) {
      mkdirSync(dirname(ANSWERS), { recursive: true });
      writeFileSync(ANSWERS, gzipSync(recorder.written.map((exchange) => `${JSON.stringify(exchange)}\n`).join('')));
      await recorder.stop();
    }
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  kubernetesContract({
    pretended: process.env.QM_REAL_KUBECONFIG === undefined,
    image: process.env.QM_REAL_IMAGE ?? 'example.org/web:1',
    open: (test) => {
      if (recorder !== null) recorder.test = test;
      const kubeconfig = recorder === null ? cluster.kubeconfig : writeKubeconfig(folder, recorder.url, TOKENS);
      const { contexts } = cluster;
      const request = clusterRequests(kubeconfig, contexts.real ?? '');
      return Promise.resolve(new ClusterWorld({ kubeconfig, contexts, request, pause: shorter }));
    },
  });
});

/** What starts nothing is ready sooner: a second of patience is a fifth of one. */
function shorter(milliseconds: number, signal?: AbortSignal): Promise<unknown> {
  return pauseFor(process.env.QM_REAL_KUBECONFIG === undefined ? milliseconds / 5 : milliseconds, signal);
}

function serverIn(kubeconfig: string): string {
  return /server: (\S+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? '';
}
