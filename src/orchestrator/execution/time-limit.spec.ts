import { ActionFailed } from '../action.js';
import { StepCancelled, StepTimedOut, withinTime } from './time-limit.js';

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });

describe('the time limit of a step', () => {
  it('lets work through that is done in time, and its own failure', async () => {
    await expect(withinTime(60, () => Promise.resolve('made'))).resolves.toBe('made');
    await expect(withinTime(60, () => Promise.reject(new ActionFailed('No.', false)))).rejects.toThrow('No.');
  });

  it('asks to stop, and says how long it was allowed to take', async () => {
    const work = async (signal: AbortSignal) => {
      await stopped(signal);
      throw new Error('Connection terminated');
    };
    const late = withinTime(0.01, work);
    await expect(late).rejects.toThrow(StepTimedOut);
    await expect(late).rejects.toMatchObject({ publicMessage: 'It took longer than 0.01 seconds.' });
  });

  it('counts what is finished while it is being stopped', async () => {
    const work = async (signal: AbortSignal) => {
      await stopped(signal);
      return 'made after all';
    };
    await expect(withinTime(0.01, work)).resolves.toBe('made after all');
  });

  it('does not wait for ever for work that will not stop', async () => {
    await expect(withinTime(0.01, () => new Promise(() => undefined), { graceMilliseconds: 10 })).rejects.toThrow(
      StepTimedOut,
    );
  });

  it('asks to stop when it is cancelled, and says so', async () => {
    const cancel = new AbortController();
    const work = withinTime(
      60,
      async (signal) => {
        cancel.abort();
        await stopped(signal);
        throw new Error('Connection terminated');
      },
      { cancelled: cancel.signal },
    );
    await expect(work).rejects.toThrow(StepCancelled);
  });
});
