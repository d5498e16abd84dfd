import { AppError } from '../shared/index.js';

/** Says at which field of a form it can be mended. */
export class TransferRefused extends AppError {
  readonly code = 'ownership.refused';

  constructor(
    sentence: string,
    readonly field: 'person' | 'team' = 'person',
  ) {
    super(sentence);
  }
}

export class TransferMovedOn extends AppError {
  readonly code = 'ownership.moved_on';
}
