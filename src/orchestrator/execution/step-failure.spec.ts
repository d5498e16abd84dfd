import { DatabaseUnavailable } from '../../platform/database/index.js';
import { SecretStoreUnavailable } from '../../secrets/index.js';
import { ActionFailed } from '../action.js';
import { failureOf, TryAgain, verdictOn } from './step-failure.js';
import { StepTimedOut } from './time-limit.js';

describe('what follows from a failed attempt', () => {
  it.each([
    { error: new ActionFailed('Away.', true), verdict: 'retry' },
    { error: new ActionFailed('Never.', false), verdict: 'give-up' },
    { error: new StepTimedOut('Too long.'), verdict: 'retry' },
    { error: new DatabaseUnavailable('Our database is away.'), verdict: 'wait' },
    { error: new SecretStoreUnavailable('Vault is sealed.'), verdict: 'wait' },
    { error: new TypeError('a bug'), verdict: 'give-up' },
    { error: 'a text', verdict: 'give-up' },
  ])('$error → $verdict', ({ error, verdict }) => {
    expect(verdictOn(error)).toBe(verdict);
  });

  it('tells people a sentence that was made for them, and nothing of an error that was not', () => {
    expect(failureOf(new ActionFailed('The server is away.', true)).sentence).toBe('The server is away.');
    expect(failureOf(new TypeError('password=hunter2'))).toEqual({
      code: 'internal.unexpected',
      sentence: 'Something unexpected happened; the log has the details.',
    });
  });

  it('leaves nothing of the failure with the durable engine but its code', () => {
    const again = new TryAgain(failureOf(new ActionFailed('Sentence.', true, { cause: new Error('hunter2') })));
    expect(again.message).toBe('The attempt ended with orchestrator.action_failed.');
    expect(again.cause).toBeUndefined();
  });
});
