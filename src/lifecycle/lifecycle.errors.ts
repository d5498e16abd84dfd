import { AppError } from '../shared/index.js';

export class CheckUnderWay extends AppError {
  readonly code = 'lifecycle.check_under_way';
}

/** There is nothing (any more) to decide about. */
export class NothingToDecide extends AppError {
  readonly code = 'lifecycle.nothing_to_decide';
}

/** Missing things can't be accepted, and not everything can be put right. */
export class CannotDecideSo extends AppError {
  readonly code = 'lifecycle.cannot_decide_so';
}

export class OperationRefused extends AppError {
  readonly code = 'lifecycle.operation_refused';
}

export class OperationUnderWay extends AppError {
  readonly code = 'lifecycle.operation_under_way';
}

/** Only for those who run the platform. */
export class OrphansForbidden extends AppError {
  readonly code = 'lifecycle.orphans_forbidden';
}

/** What is wrong with an upgrade of all of an item. */
export class FleetRefused extends AppError {
  readonly code = 'lifecycle.fleet_refused';
}

export class FleetForbidden extends AppError {
  readonly code = 'lifecycle.fleet_forbidden';
}

export class PinRefused extends AppError {
  readonly code = 'lifecycle.pin_refused';
}
