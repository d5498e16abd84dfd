import { join } from 'node:path';
import { RecordedWorlds } from '../builders/recorded-world.js';
import { helmContract, helmRecording } from '../contracts/helm-release.js';
import { RecordedProgram } from '../fakes/recorded-program.js';
import { findProgram } from './programs.mjs';
import { clusterMissing, type RealCluster, realWorld, serverIn, shorter, startRealCluster } from './real-cluster.js';

const found = findProgram('helm');
const missing = 'missing' in found ? found.missing : clusterMissing();

describe('helm:release', () => {
  if ('missing' in found || missing !== null) {
    it(`LEFT OUT with the real Helm on a real cluster: ${missing ?? ''}`, () => {
      console.warn(`The tests with a real Helm were left out: ${missing ?? ''}`);
      expect(missing).not.toBeNull();
    });
    return;
  }
  let cluster: RealCluster;
  let answers: RecordedWorlds | null = null;
  const isRecorded = process.env.QM_RECORD === '1';
  const runs = isRecorded ? new RecordedProgram({ ...helmRecording, real: found.path }) : null;
  beforeAll(async () => {
    cluster = await startRealCluster();
    const fixture = join(import.meta.dirname, '../fixtures/helm/answers.jsonl.gz');
    if (isRecorded) answers = await RecordedWorlds.record(fixture, serverIn(cluster));
  });
  afterAll(async () => {
    await answers?.stop();
    runs?.end();
    await cluster.stop();
  });

  helmContract((test) => {
    runs?.begin(test);
    const world = answers?.world(test, shorter) ?? realWorld(cluster);
    return Promise.resolve({ world, program: runs?.path ?? found.path, clusters: realWorld(cluster).clusters });
  });
});
