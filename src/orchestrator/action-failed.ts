import { AppError } from '../shared/index.js';

/** A step that did not work. `retryable`: the same call may work later. */
export class ActionFailed extends AppError {
  readonly code = 'orchestrator.action_failed';

  constructor(
    sentence: string,
    readonly retryable: boolean,
    options: { cause?: unknown } = {},
  ) {
    super(sentence, options);
  }
}
