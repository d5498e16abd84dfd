import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordedWorlds } from '../builders/recorded-world.js';
import { helmBench, helmContract, helmRecording } from '../contracts/helm-release.js';
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

  it('goes on where a killed attempt left a release pending', async () => {
    const world = realWorld(cluster);
    const folder = mkdtempSync(join(tmpdir(), 'quartermaster-killed-'));
    // Dies in the middle of its hook, once.
    const program = join(folder, 'helm');
    const script = `case "$*" in *--dry-run*) ;; upgrade*) if [ ! -e ${folder}/killed ]; then touch ${folder}/killed
      ${found.path} "$@" & sleep 4; kill -9 $!; exit 137; fi;; esac\nexec ${found.path} "$@"\n`;
    writeFileSync(program, `#!/bin/sh\n${script}`, { mode: 0o700 });
    const bench = helmBench({ world, program, clusters: world.clusters });
    const [namespace, space] = ['qm-killed', world.bench('namespace')];
    const made = await space.apply({ cluster: 'real', name: namespace });
    const wanted = (image: string) => ({
      cluster: 'real',
      namespace,
      release: 'web',
      chart: { template: 'hooked' },
      values: { hook: `example.org/${image}:1` },
    });
    const state = await bench.intend(wanted('web'));
    await expect(bench.apply(wanted('never-ready'))).rejects.toMatchObject({
      message: expect.stringContaining('Helm said nothing'),
    });
    expect(await bench.read(state ?? {})).toEqual({
      exists: true,
      detail: 'it differs: revision 1 is pending-install',
    });
    const done = await bench.apply(wanted('web'), 'key-1', { attempt: 2 });
    expect(await bench.read(done.state)).toEqual({ exists: true, detail: 'revision 1 is deployed' });
    await bench.destroy(done.state);
    expect(await bench.read(done.state)).toMatchObject({ exists: false });
    await space.destroy(made.state);
    rmSync(folder, { recursive: true, force: true });
  });

  helmContract((test) => {
    runs?.begin(test);
    const world = answers?.world(test, shorter) ?? realWorld(cluster);
    return Promise.resolve({ world, program: runs?.path ?? found.path, clusters: realWorld(cluster).clusters });
  });
});
