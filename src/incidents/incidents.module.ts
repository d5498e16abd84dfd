import { Global, Module } from '@nestjs/common';
import { DeclareIncident } from './declare-incident.js';
import { IncidentStore } from './incident.store.js';
import { IncidentAccess } from './incident-access.js';
import { IncidentClosing } from './incident-closing.js';
import { IncidentJournal } from './incident-journal.js';
import { IncidentOpening } from './incident-opening.js';
import { Incidents } from './incidents.js';
import { LeadIncident } from './lead-incident.js';
import { OpenIncidentWorkflow } from './open-incident.workflow.js';
import { PlaybookStore } from './playbook.store.js';
import { PlaybookStepWorkflow } from './playbook-step.workflow.js';
import { Playbooks } from './playbooks.js';
import { ResolveIncident } from './resolve-incident.js';
import { ResolveIncidentWorkflow } from './resolve-incident.workflow.js';
import { RollBackStep } from './roll-back-step.js';
import { RunStep } from './run-step.js';
import { StepContexts } from './step-context.js';
import { StepExecution } from './step-execution.js';
import { StepRuns } from './step-runs.js';
import { StepTransitions } from './step-transitions.js';
import { TickStep } from './tick-step.js';
import { Timeline } from './timeline.js';
import { TimelineStore } from './timeline.store.js';

const USE_CASES = [
  DeclareIncident,
  Incidents,
  LeadIncident,
  Playbooks,
  ResolveIncident,
  RollBackStep,
  RunStep,
  TickStep,
  Timeline,
];

/** Needs the global modules below it, and the port `IncidentRoom` from a global module above it. */
@Global()
@Module({
  providers: [
    ...USE_CASES,
    IncidentStore,
    IncidentAccess,
    IncidentClosing,
    IncidentJournal,
    IncidentOpening,
    OpenIncidentWorkflow,
    PlaybookStore,
    PlaybookStepWorkflow,
    ResolveIncidentWorkflow,
    StepContexts,
    StepExecution,
    StepRuns,
    StepTransitions,
    TimelineStore,
  ],
  exports: USE_CASES,
})
export class IncidentsModule {}
