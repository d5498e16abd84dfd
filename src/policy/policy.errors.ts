import { AppError } from '../shared/index.js';

export class UnknownTeam extends AppError {
  readonly code = 'policy.unknown_team';

  constructor() {
    super('There is no team of that name. Nothing was done. Choose one of your teams.');
  }
}
