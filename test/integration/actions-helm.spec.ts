import { join } from 'node:path';
import { RecordedWorlds } from '../builders/recorded-world.js';
import { helmContract, helmRecording, helmRefusals } from '../contracts/helm-release.js';
import { RecordedProgram } from '../fakes/recorded-program.js';

/** The same tests as in test/real/helm.spec.ts, on what the real Helm said and a real API server answered there. */
describe('helm:release', () => {
  let answers: RecordedWorlds;
  const program = new RecordedProgram({ ...helmRecording, real: null });
  beforeAll(async () => {
    answers = await RecordedWorlds.replay(join(import.meta.dirname, '../fixtures/helm/answers.jsonl.gz'));
  });
  afterAll(async () => {
    await answers.stop();
    program.end();
  });

  helmContract((test) => {
    program.begin(test);
    const world = answers.world(test);
    return Promise.resolve({ world, program: program.path, clusters: world.clusters });
  });
});

describe('helm:release, asked badly,', () => {
  helmRefusals();
});
