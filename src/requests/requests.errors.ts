import type { ParameterError } from '../catalog/index.js';
import type { PolicyDecision } from '../policy/index.js';
import { AppError } from '../shared/index.js';
import type { Plan } from './plan.js';

export class InvalidParameters extends AppError {
  readonly code = 'requests.invalid_parameters';

  constructor(readonly errors: readonly ParameterError[]) {
    super(`Some fields need another look: ${errors.map((error) => error.message).join(' ')} What you typed was kept.`, {
      details: { fields: errors.map((error) => error.field) },
    });
  }
}

export class RequestRefused extends AppError {
  readonly code = 'requests.refused';

  constructor(readonly decision: PolicyDecision) {
    const words = decision.reasons.filter((reason) => reason.outcome === 'deny').map((reason) => reason.message);
    super(`${words.join(' ')} Nothing was requested.`, {
      details: { rules: decision.reasons.map((reason) => reason.rule) },
    });
  }
}

export class PlanImpossible extends AppError {
  readonly code = 'requests.plan_impossible';

  constructor(plan: Plan) {
    const reasons = plan.changes.filter((change) => change.kind === 'cannot').map((change) => change.summary);
    super(`This can’t be made just now: ${reasons.join(' ')} Nothing was requested, and what you typed was kept.`);
  }
}

/** What may be there only once is there, or on its way. */
export class AlreadyThere extends AppError {
  readonly code = 'requests.already_there';
}

/** What was looked at is not what would happen any more. */
export class PlanChanged extends AppError {
  readonly code = 'requests.plan_changed';

  constructor(readonly plan: Plan) {
    super(
      'The plan has changed since you looked at it. Nothing was requested yet; please look at the new plan and send it again.',
    );
  }
}

export class UnknownRequest extends AppError {
  readonly code = 'requests.unknown';

  constructor() {
    super('There is no such request. `status` without an id lists your latest ones.');
  }
}

export class DraftGone extends AppError {
  readonly code = 'requests.draft_gone';

  constructor() {
    super('This form is too old, or not yours. Nothing was requested; please begin again.');
  }
}

export class RequestForbidden extends AppError {
  readonly code = 'requests.forbidden';
}

export class RequestMovedOn extends AppError {
  readonly code = 'requests.moved_on';
}

/** What it would stand on is not there. */
export class GroundGone extends AppError {
  readonly code = 'requests.ground_gone';
}
