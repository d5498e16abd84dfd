import { AppError } from '../shared/index.js';
import type { PlaybookStep } from './playbook.js';

export class UnknownIncident extends AppError {
  readonly code = 'incidents.unknown';

  constructor(id: string) {
    super('There is no such incident. Nothing was done. See the open ones with `incident list`.', {
      details: { id },
    });
  }
}

export class NoIncidentHere extends AppError {
  readonly code = 'incidents.none_here';

  constructor() {
    super(
      'This channel belongs to no incident. Nothing was done. Say it in the incident’s channel, or see the open ones with `incident list`.',
    );
  }
}

/** The policy's own words. */
export class IncidentForbidden extends AppError {
  readonly code = 'incidents.forbidden';

  constructor(reason: string) {
    super(`${reason} Nothing was done.`);
  }
}

export class IncidentOver extends AppError {
  readonly code = 'incidents.already_resolved';

  constructor() {
    super(
      'This incident is resolved already, so nothing was done. Its postmortem is in the channel; declare a new one if it comes back.',
    );
  }
}

export class ResourceGone extends AppError {
  readonly code = 'incidents.resource_gone';

  constructor() {
    super('That resource is not there any more. Nothing was declared. Choose another one, or leave it out.');
  }
}

export class NoPlaybook extends AppError {
  readonly code = 'incidents.no_playbook';

  constructor() {
    super('That playbook is not in use any more, so nothing was run. The newest playbook card shows what is.');
  }
}

export class RunbookDoesNotApply extends AppError {
  readonly code = 'incidents.runbook_does_not_apply';

  constructor() {
    super(
      'That runbook is not meant for the affected resource, so the playbook was left as it is. Choose one from the list on the card.',
    );
  }
}

export class PlaybookBusy extends AppError {
  readonly code = 'incidents.playbook_busy';

  constructor() {
    super(
      'A step of the playbook is still running or waits for approval, so the playbook was left as it is. Try again when it is through.',
    );
  }
}

const BUSY: Partial<Record<PlaybookStep['state'], string>> = {
  'awaiting-approval': 'it waits for approval already',
  running: 'it runs already',
  'rolling-back': 'it is being rolled back already',
};
const SETTLED: Partial<Record<PlaybookStep['state'], string>> = {
  done: 'it is done already',
  skipped: 'it was skipped',
  'rolled-back': 'it was rolled back',
  waiting: 'it has not been run',
};

/** A click on a button that somebody else, or an earlier click, has made obsolete. */
export class StepMovedOn extends AppError {
  readonly code = 'incidents.step_moved_on';

  constructor(step: Pick<PlaybookStep, 'title' | 'state'>) {
    const why = BUSY[step.state] ?? SETTLED[step.state] ?? `it is ${step.state.replaceAll('-', ' ')}`;
    super(`“${step.title}” was left alone: ${why}. The card shows the newest state in a moment.`);
  }
}

/** The step's inputs use what an earlier step or the resource has not given. */
export class StepNeedsMore extends AppError {
  readonly code = 'incidents.step_needs_more';

  constructor(title: string, cause: unknown) {
    super(
      `“${title}” needs something that is not known yet, so it was not run. Run the steps above it first; if that does not help, the runbook’s owner has to look at it.`,
      { cause },
    );
  }
}
