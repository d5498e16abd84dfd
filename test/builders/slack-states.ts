import { type Approval, askedIn, type Electorate, standingOf, type Vote } from '../../src/approvals/index.js';
import type { Run, StepRun, StepRunState } from '../../src/orchestrator/index.js';
import type { ApprovalNeed } from '../../src/policy/index.js';
import type { RequestRecord } from '../../src/requests/index.js';
import type { Resource } from '../../src/resources/index.js';
import type { ApprovalProgress } from '../../src/slack/cards/approval-progress.view.js';
import type { RequestState } from '../../src/slack/cards/request-state.js';

const NOON = new Date('2026-11-23T12:00:00Z');
export const HOSTILE = '<!channel> & <https://evil.example|click> *x* \u202Eabc `code`';
export const LONG = '🦄 <&> '.repeat(2000);

export function requestOf(change: Partial<RequestRecord> = {}): RequestRecord {
  const plan: RequestRecord['plan'] = {
    digest: 'sha256:1',
    item: { name: 'postgres-database', version: '1.0.0', digest: 'sha256:2' },
    teamId: 'payments',
    environment: 'production',
    parameters: { name: 'orders', size: 'small' },
    leaseHours: 168,
    changes: [
      { step: 'role', title: 'Make a login role', kind: 'create', summary: 'payments_production_orders', details: [] },
      {
        step: 'check',
        title: 'Log in with the new role',
        kind: 'unknown',
        summary: 'once the role is there',
        details: ['reads only'],
      },
    ],
    decision: {
      outcome: 'needs-approval',
      reasons: [
        {
          rule: 'production-needs-a-lead',
          outcome: 'needs-approval',
          message: 'Production needs the approval of a lead.',
        },
      ],
      approval: needOf(),
    },
    cost: {
      currency: 'EUR',
      hourly: 0.017,
      monthly: 12.4,
      once: 0,
      untilEnd: 2.856,
      lines: [{ price: 'postgres-database', title: 'A database', quantity: 1, hourly: 0.017, once: 0 }],
      missing: [],
    },
    quota: [
      { unit: 'databases', title: 'databases', wants: 1, limit: 10, held: 3, queued: 0, exceeded: false, holders: [] },
    ],
    budget: {
      state: 'within',
      month: '2026-11',
      currency: 'EUR',
      budget: 400,
      warnAt: 300,
      blockAt: 400,
      committed: 120.5,
      adds: 2.856,
    },
    standsOn: [],
  };
  return {
    id: 'req-00000001',
    state: 'awaiting-approval',
    requesterId: 'U0ADA',
    teamId: 'payments',
    environment: 'production',
    itemName: 'postgres-database',
    itemVersion: '1.0.0',
    itemDigest: 'sha256:2',
    parameters: plan.parameters,
    reason: 'for the checkout',
    leaseHours: 168,
    plan,
    originChannelId: null,
    resourceId: 'res-00000001',
    approvalId: 'apr-00000001',
    follows: null,
    runId: null,
    failure: null,
    haltedUntil: null,
    traceId: 'trc-00000001',
    version: 1,
    createdAt: NOON,
    settledAt: null,
    ...change,
  };
}

export function resourceOf(change: Partial<Resource> = {}): Resource {
  return {
    id: 'res-00000001',
    requestId: 'req-00000001',
    kind: 'postgres-database',
    title: 'orders (production)',
    state: 'active',
    itemName: 'postgres-database',
    itemVersion: '1.0.0',
    itemDigest: 'sha256:2',
    teamId: 'payments',
    environment: 'production',
    ownerId: 'U0ADA',
    parameters: { name: 'orders', size: 'small' },
    outputs: { database: 'payments_production_orders', host: '127.0.0.1', port: 5432, serverVersion: '18.4' },
    secretRef: 'kv:x#1',
    runId: 'run-00000001',
    destroyRunId: null,
    leaseHours: 168,
    leaseEndsAt: new Date('2026-11-30T12:00:00Z'),
    leaseWarnedAt: null,
    destroyReason: null,
    takesDependents: false,
    traceId: 'trc-00000001',
    version: 1,
    createdAt: NOON,
    destroyedAt: null,
    ...change,
  };
}

export function approvalOf(change: Partial<Approval> = {}): Approval {
  return {
    id: 'apr-00000001',
    subject: { kind: 'request', id: 'req-00000001' },
    state: 'waiting',
    title: 'PostgreSQL database in production',
    digest: 'sha256:1',
    need: needOf(),
    requesterId: 'U0ADA',
    wakes: { workflow: 'fulfil-request', id: 'request:req-00000001:decided', args: ['req-00000001'] },
    expiresAt: new Date('2026-11-24T12:00:00Z'),
    decidedBy: [],
    decidedReason: null,
    decidedAt: null,
    traceId: 'trc-00000001',
    createdAt: NOON,
    stage: 0,
    stageSince: NOON,
    escalated: [],
    likeness: null,
    votes: [],
    refused: [],
    ...change,
  };
}

/** Leads of Payments. */
export function needOf(count = 1): ApprovalNeed {
  const from = { teamId: 'payments', relation: 'lead' } as const;
  const describe = `${count} lead${count === 1 ? '' : 's'} of Payments`;
  return {
    stages: [{ all: [{ count, from, describe }] }],
    describe: `${describe}, not the requester`,
    expiresAfterSeconds: 86_400,
  };
}

export function voteOf(personId: string, change: Partial<Vote> = {}): Vote {
  return {
    personId,
    choice: 'yes',
    via: 'button',
    stage: 0,
    onBehalfOf: null,
    standingId: null,
    reason: null,
    castAt: NOON,
    ...change,
  };
}

/** Where a waiting approval stands when these people may vote in its stages and groups. */
export function progressOf(
  approval: Approval,
  people: string[][][] = [[['U0LEA']]],
  active: string[] = [],
): ApprovalProgress {
  const stages = people.map((groups) => groups.map((group) => new Set(group)));
  const electorate: Electorate = { stages, standIns: new Map(), away: [], active: new Set(active) };
  const standing = standingOf(approval, electorate);
  return { standing, people, asked: [...askedIn(electorate, standing.open)], away: [] };
}

export function runOf(states: readonly StepRunState[], change: Partial<Run> = {}): Run {
  return {
    id: 'run-00000001',
    subject: { kind: 'request', id: 'req-00000001' },
    kind: 'apply',
    state: 'running',
    scope: {},
    onFailure: 'undo',
    cancelledBy: null,
    continuesRunId: null,
    traceId: 'trc-00000001',
    createdAt: NOON,
    endedAt: null,
    steps: states.map(stepOf),
    ...change,
  };
}

function stepOf(state: StepRunState, position: number): StepRun {
  const isOver = !['waiting', 'running', 'compensating'].includes(state);
  return {
    position,
    name: `step-${position}`,
    title: `Step ${position}`,
    action: 'demo:step',
    state,
    attempts: state === 'running' ? 2 : 1,
    idempotencyKey: `k${position}`,
    template: {
      name: `step-${position}`,
      title: `Step ${position}`,
      action: 'demo:step',
      with: {},
      timeoutSeconds: 1,
      retry: { attempts: 1, backoffSeconds: 1 },
    },
    output: null,
    actionState: null,
    failure: null,
    progress: state === 'running' ? 'half way' : null,
    expectedSeconds: null,
    startedAt: state === 'waiting' ? null : NOON,
    endedAt: isOver ? new Date('2026-11-23T12:00:01.500Z') : null,
  };
}

export function stateOf(change: Partial<RequestState> = {}): RequestState {
  return {
    request: requestOf(),
    itemTitle: 'PostgreSQL database',
    teamTitle: 'Payments',
    resource: null,
    approval: approvalOf(),
    run: null,
    before: null,
    successor: null,
    ...change,
  };
}
