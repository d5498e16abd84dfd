import { opentofuWorkspaceAction } from '../../src/orchestrator/actions/opentofu/workspace.action.js';
import { ActionBench } from '../builders/action-bench.js';
import { opentofuContract, opentofuRecording, opentofuWorkspaces } from '../contracts/opentofu-workspace.js';
import { RecordedProgram } from '../fakes/recorded-program.js';
import { StatesInMemory } from '../fakes/states-in-memory.js';
import { findProgram } from './programs.mjs';

describe('opentofu:workspace', () => {
  const found = findProgram('opentofu');
  if ('missing' in found) {
    it(`LEFT OUT against a real OpenTofu: ${found.missing}`, () => {
      console.warn(`The tests against a real OpenTofu were left out: ${found.missing}`);
      expect(found.missing).not.toBe('');
    });
    return;
  }
  /** With QM_RECORD=1 what it says is written down for the default tests. */
  const recorder =
    process.env.QM_RECORD === '1' ? new RecordedProgram({ ...opentofuRecording, real: found.path }) : null;
  afterAll(() => recorder?.end());

  it('writes down what it had made when it is stopped half way', async () => {
    const states = new StatesInMemory();
    const bench = new ActionBench(opentofuWorkspaceAction(opentofuWorkspaces(found.path, states)));
    const [quick, slow] = [{ input: 'x' }, { input: 'y', provisioner: { 'local-exec': { command: 'sleep 300' } } }];
    const module = { resource: { terraform_data: { quick, slow } } };
    const stop = new AbortController();
    const report = (line: string): void => {
      if (line.startsWith('terraform_data.quick: Creation complete')) stop.abort();
    };
    const wanted = { files: { 'main.tf.json': JSON.stringify(module) } };
    await expect(bench.apply(wanted, 'key-1', { signal: stop.signal, report })).rejects.toMatchObject({
      retryable: true,
    });
    expect(states.texts.get('res-test:main')).toContain('"quick"');
    expect(states.locks.size).toBe(0);
    await bench.destroy((await bench.intend(wanted)) ?? {});
    expect(states.texts.size).toBe(0);
  });

  opentofuContract((test) => {
    recorder?.begin(test);
    return recorder?.path ?? found.path;
  });
});
