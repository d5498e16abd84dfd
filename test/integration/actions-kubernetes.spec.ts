import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { clusterRequests } from '../builders/cluster-request.js';
import { ClusterWorld, writeKubeconfig } from '../builders/cluster-world.js';
import { kubernetesContract } from '../contracts/kubernetes-actions.js';
import { type Exchange, RecordedCluster } from '../fakes/recorded-cluster.js';

const ANSWERS = join(import.meta.dirname, '../fixtures/kubernetes/answers.jsonl.gz');
const TOKENS = { admin: 'token-of-the-admin', guest: 'token-of-the-guest', stranger: 'token-of-nobody' };

/** The same tests as in test/real/kubernetes.spec.ts, on what a real API server answered there. */
describe('kubernetes actions', () => {
  let recorded: RecordedCluster;
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-recorded-'));
  beforeAll(async () => {
    const lines = gunzipSync(readFileSync(ANSWERS)).toString('utf8').trim().split('\n');
    recorded = await RecordedCluster.start(lines.map((line) => JSON.parse(line) as Exchange));
  });
  afterAll(async () => {
    await recorded.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  kubernetesContract({
    pretended: true,
    image: 'example.org/web:1',
    open: (test) => {
      recorded.test = test;
      const kubeconfig = writeKubeconfig(folder, recorded.url, TOKENS);
      const contexts = { real: 'admin', guest: 'guest', stranger: 'stranger' };
      const pause = () => Promise.resolve();
      return Promise.resolve(
        new ClusterWorld({ kubeconfig, contexts, request: clusterRequests(kubeconfig, 'admin'), pause }),
      );
    },
  });
});
