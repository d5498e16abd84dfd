import { join } from 'node:path';
import { RecordedWorlds } from '../builders/recorded-world.js';
import { kubernetesContract } from '../contracts/kubernetes-actions.js';

/** The same tests as in test/real/kubernetes.spec.ts, on what a real API server answered there. */
describe('kubernetes actions', () => {
  let recorded: RecordedWorlds;
  beforeAll(async () => {
    recorded = await RecordedWorlds.replay(join(import.meta.dirname, '../fixtures/kubernetes/answers.jsonl.gz'));
  });
  afterAll(() => recorded.stop());

  kubernetesContract({
    pretended: true,
    image: 'example.org/web:1',
    open: (test) => Promise.resolve(recorded.world(test)),
  });
});
