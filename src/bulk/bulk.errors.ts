import { AppError } from '../shared/index.js';

export class UnknownBulk extends AppError {
  readonly code = 'bulk.unknown';

  constructor() {
    super('There is no such file of requests, or it is not yours. Nothing was requested.');
  }
}

export class BulkAlreadySent extends AppError {
  readonly code = 'bulk.already_sent';
}
