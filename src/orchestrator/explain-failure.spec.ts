import { ActionFailed } from './action.js';
import { explainFailure, explainTrouble } from './explain-failure.js';
import type { Run, StepRun, StepRunState } from './runs/index.js';

function run(...steps: [title: string, state: StepRunState, sentence?: string][]): Run {
  return {
    id: 'run-1',
    subject: { kind: 'request', id: 'req-1' },
    kind: 'apply',
    state: 'failed',
    scope: {},
    onFailure: 'undo',
    cancelledBy: null,
    continuesRunId: null,
    traceId: 'trc-1',
    createdAt: new Date(0),
    endedAt: new Date(0),
    steps: steps.map(([title, state, sentence], position) => ({
      ...({} as StepRun),
      position,
      title,
      state,
      failure: sentence === undefined ? null : { code: 'x', sentence },
    })),
  };
}

describe('the failure of a request', () => {
  it('names the step that failed, not one that failed at first and then worked', () => {
    const failed = run(['Role', 'compensated'], ['Flaky', 'succeeded', 'Once.'], ['Database', 'failed', 'Refused.']);
    expect(explainFailure(failed)).toMatchObject({ step: 'Database', what: 'Refused.' });
  });

  it('lists what was undone in the order in which it was, and what could not be', () => {
    const failed = run(
      ['One', 'compensated'],
      ['Two', 'compensation-failed'],
      ['Three', 'compensated', 'Broken.'],
      ['Four', 'waiting'],
    );
    expect(explainFailure(failed).undone).toBe(
      'Undone: “Three”, “One”. Could not be undone: “Two”; the owners of the catalog item were told.',
    );
  });

  it('says that nothing was left behind when nothing was made', () => {
    expect(explainFailure(run(['One', 'failed', 'No.'])).undone).toBe('Nothing was left behind.');
  });

  it('never claims that nothing was made when a run may have made something', () => {
    const error = new ActionFailed('No.', false);
    expect(explainTrouble(error, null)).toMatchObject({ what: 'No.', undone: 'Nothing was made.' });
    expect(explainTrouble(error, { ...run(), state: 'succeeded' }).undone).toBe('What was made is still there.');
    expect(explainTrouble(error, { ...run(), state: 'running' }).undone).toContain('may have left something');
    expect(explainTrouble(new Error('internals'), null).what).not.toContain('internals');
  });
});
