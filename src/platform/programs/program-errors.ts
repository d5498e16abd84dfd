import { AppError } from '../../shared/index.js';

/** It could not be started at all. */
export class ProgramNotStarted extends AppError {
  readonly code = 'programs.not_started';
}

/** It was ended before it was done. What it did until then is done. */
export class ProgramStopped extends AppError {
  readonly code = 'programs.stopped';

  constructor(
    sentence: string,
    readonly why: 'time' | 'output' | 'asked' | 'signal',
  ) {
    super(sentence);
  }
}
