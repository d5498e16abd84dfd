import { opentofuContract, opentofuRecording } from '../contracts/opentofu-workspace.js';
import { RecordedProgram } from '../fakes/recorded-program.js';
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
  opentofuContract((test) => {
    recorder?.begin(test);
    return recorder?.path ?? found.path;
  });
});
