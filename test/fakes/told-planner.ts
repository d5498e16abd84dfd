import { type PlannedChange, Planner } from '../../src/requests/index.js';

/** Plans what it was told to. */
export class ToldPlanner extends Planner {
  changes: PlannedChange[] = [
    { step: 'make', title: 'Make it', kind: 'create', summary: 'It would be made', details: [] },
  ];

  plan(): Promise<PlannedChange[]> {
    return Promise.resolve(this.changes);
  }

  /** The target is down. */
  cannot(): void {
    this.changes = [
      { step: 'make', title: 'Make it', kind: 'cannot', summary: 'The target server does not answer.', details: [] },
    ];
  }
}
