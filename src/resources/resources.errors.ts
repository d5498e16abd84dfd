import { AppError } from '../shared/index.js';

export class UnknownResource extends AppError {
  readonly code = 'resources.unknown';
}

export class ResourceForbidden extends AppError {
  readonly code = 'resources.forbidden';
}

export class ResourceMovedOn extends AppError {
  readonly code = 'resources.moved_on';
}

export class LeaseAtItsLimit extends AppError {
  readonly code = 'resources.lease_at_limit';
}

/** Others stand on it. */
export class ResourceStoodOn extends AppError {
  readonly code = 'resources.stood_on';
}
