import { AppError } from '../shared/index.js';

export class UnknownException extends AppError {
  readonly code = 'exceptions.unknown';
}

export class ExceptionRefused extends AppError {
  readonly code = 'exceptions.refused';
}

export class ExceptionMovedOn extends AppError {
  readonly code = 'exceptions.moved_on';
}
