import { opentofuContract, opentofuRecording } from '../contracts/opentofu-workspace.js';
import { RecordedProgram } from '../fakes/recorded-program.js';

/** The same tests as in test/real/opentofu.spec.ts, on what the real program said there. */
describe('opentofu:workspace', () => {
  const program = new RecordedProgram({ ...opentofuRecording, real: null });
  afterAll(() => {
    program.end();
  });
  opentofuContract((test) => {
    program.begin(test);
    return program.path;
  });
});
