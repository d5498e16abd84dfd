import { AppError } from '../../shared/index.js';

/** It was not sent, and never will be as things are. */
export class HttpRefused extends AppError {
  readonly code = 'http.refused';
}

/** No whole answer came. The call may have arrived all the same. */
export class HttpUnanswered extends AppError {
  readonly code = 'http.no_answer';
}

export class HttpAnswerTooLarge extends AppError {
  readonly code = 'http.answer_too_large';
}
