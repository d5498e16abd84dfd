import { runOf } from '../../../test/builders/slack-states.js';
import { logOf } from './run-log.js';

describe('the full log', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second));

  it('has every run, and what its steps said between their attempts', () => {
    const first = runOf(['succeeded', 'failed'], { id: 'run-first' });
    const second = runOf(['succeeded', 'succeeded'], {
      id: 'run-second',
      continuesRunId: 'run-first',
      cancelledBy: null,
    });
    const text = logOf([
      {
        run: first,
        output: [
          { position: 1, line: 'asking', at: at(1) },
          { position: 1, line: 'asking again', at: at(3) },
        ],
        attempts: [
          { position: 1, failure: { code: 'x.busy', sentence: 'It is busy.' }, endedAt: at(2) },
          { position: 1, failure: { code: 'x.full', sentence: 'It is full.' }, endedAt: at(4) },
        ],
      },
      { run: second, output: [], attempts: [{ position: 1, failure: null, endedAt: at(9) }] },
    ]);
    const lines = text.split('\n').filter((line) => /asking|attempt \d|^run |goes on/.test(line));
    expect(lines).toEqual([
      expect.stringMatching(/^run run-first/),
      '2026-11-23T09:00:01.000Z asking',
      '2026-11-23T09:00:02.000Z -- attempt 1 failed: It is busy. (x.busy)',
      '2026-11-23T09:00:03.000Z asking again',
      '2026-11-23T09:00:04.000Z -- attempt 2 failed: It is full. (x.full)',
      expect.stringMatching(/^run run-second/),
      'goes on where run-first failed',
      '2026-11-23T09:00:09.000Z -- attempt 1 worked',
    ]);
  });
});
