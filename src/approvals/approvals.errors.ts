import { AppError } from '../shared/index.js';

export class UnknownApproval extends AppError {
  readonly code = 'approvals.unknown';

  constructor() {
    super('This approval is not known any more. Look at the request’s card for where it stands.');
  }
}

export class ReasonWanted extends AppError {
  readonly code = 'approvals.reason_wanted';

  constructor() {
    super(
      'A denial needs a reason, so that the requester knows what to change. Nothing was decided; write a sentence and send it again.',
    );
  }
}
