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

export class VoteKept extends AppError {
  readonly code = 'approvals.vote_kept';

  constructor(cause: unknown) {
    super(
      'Who may vote can’t be looked up right now. Your vote is written down and counts from when you gave it; you are told here what became of it.',
      { cause },
    );
  }
}

export class AbsenceRefused extends AppError {
  readonly code = 'approvals.absence_refused';
}

export class StandingRefused extends AppError {
  readonly code = 'approvals.standing_refused';
}
