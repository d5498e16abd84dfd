import { join } from 'node:path';
import { RecordedWorlds } from '../builders/recorded-world.js';
import { kubernetesContract } from '../contracts/kubernetes-actions.js';
import { clusterMissing, type RealCluster, realWorld, serverIn, shorter, startRealCluster } from './real-cluster.js';

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
  let recorded: RecordedWorlds | null = null;
  beforeAll(async () => {
    cluster = await startRealCluster();
    if (process.env.QM_RECORD !== '1') return;
    const fixture = join(import.meta.dirname, '../fixtures/kubernetes/answers.jsonl.gz');
    recorded = await RecordedWorlds.record(fixture, serverIn(cluster));
  });
  afterAll(async () => {
    await recorded?.stop();
    await cluster.stop();
  });

  kubernetesContract({
    pretended: process.env.QM_REAL_KUBECONFIG === undefined,
    image: process.env.QM_REAL_IMAGE ?? 'example.org/web:1',
    open: (test) => Promise.resolve(recorded?.world(test, shorter) ?? realWorld(cluster)),
  });
});
