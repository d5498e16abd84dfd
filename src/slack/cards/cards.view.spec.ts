import { complaintsAboutMessage, mrkdwnOf, silentButtons } from '../../../test/builders/block-kit-limits.js';
import {
  approvalOf,
  HOSTILE,
  LONG,
  needOf,
  progressOf,
  requestOf,
  resourceOf,
  runOf,
  stateOf,
  voteOf,
} from '../../../test/builders/slack-states.js';
import type { AuditRecord } from '../../audit/index.js';
import { approvalCard } from './approval-card.view.js';
import { auditMessage } from './audit.cards.js';
import { requestCard } from './request-card.view.js';
import type { RequestState } from './request-state.js';

const failure = {
  step: 'Make the role',
  what: 'The server is down.',
  undone: 'The role was removed again.',
  next: 'Request it again later.',
};
const ready = {
  request: requestOf({ state: 'ready' }),
  approval: approvalOf({ state: 'approved', decidedBy: ['U0LEA'] }),
};
const LOOKS: Record<string, RequestState> = {
  'waiting for approval': stateOf(),
  'being made': stateOf({
    request: requestOf({ state: 'provisioning' }),
    run: runOf(['succeeded', 'running', 'waiting', 'skipped']),
  }),
  'stopped half-way': stateOf({
    request: requestOf({ state: 'halted', failure, runId: 'run-00000001' }),
    run: runOf(['succeeded', 'failed', 'waiting']),
  }),
  ready: stateOf({ ...ready, resource: resourceOf() }),
  failed: stateOf({
    request: requestOf({ state: 'failed', failure }),
    run: runOf(['compensated', 'failed', 'compensation-failed', 'compensating']),
  }),
  denied: stateOf({ request: requestOf({ state: 'denied', failure: { ...failure, step: null } }) }),
  expired: stateOf({ request: requestOf({ state: 'expired', failure: { ...failure, step: null } }) }),
  cancelled: stateOf({ request: requestOf({ state: 'cancelled' }) }),
  'cancelled, as it was changed': stateOf({
    request: requestOf({ state: 'cancelled' }),
    successor: requestOf({ id: 'req-00000002' }),
  }),
  'asked again': stateOf({
    request: requestOf({ follows: 'req-00000000' }),
    before: {
      request: requestOf({ id: 'req-00000000', state: 'denied', leaseHours: 1, parameters: { old: HOSTILE } }),
      approval: approvalOf({ state: 'denied', decidedBy: ['U0LEA'], decidedReason: HOSTILE }),
    },
  }),
  'being destroyed': stateOf({
    ...ready,
    resource: resourceOf({ state: 'destroying', destroyReason: 'its lease ended' }),
    run: runOf(['succeeded', 'running'], { kind: 'destroy' }),
  }),
  destroyed: stateOf({
    ...ready,
    resource: resourceOf({
      state: 'destroyed',
      destroyReason: 'asked for in Slack',
      destroyedAt: new Date('2026-11-24T12:00:00Z'),
    }),
  }),
  'could not be destroyed': stateOf({
    ...ready,
    resource: resourceOf({ state: 'destroy-failed', destroyReason: 'The server is down.' }),
  }),
};

describe('the card of a request', () => {
  it.each(Object.entries(LOOKS))('%s', (_name, state) => {
    const card = requestCard(state);
    expect(complaintsAboutMessage(card)).toEqual([]);
    expect(silentButtons(card.blocks)).toEqual([]);
    expect(card).toMatchSnapshot();
  });

  it.each([HOSTILE, LONG])('lets nothing through that somebody typed, and fits', (typed) => {
    const card = requestCard(
      stateOf({
        request: requestOf({
          state: 'failed',
          reason: typed,
          failure: { step: typed, what: typed, undone: typed, next: typed },
        }),
        resource: resourceOf({ title: typed, outputs: { [typed.slice(0, 50)]: typed } }),
        teamTitle: typed,
        itemTitle: typed,
      }),
    );
    expect(complaintsAboutMessage(card)).toEqual([]);
    expect(mrkdwnOf(card)).not.toMatch(/<!channel>|<https|\u202E/);
  });

  it('offers no button that could not work', () => {
    const actions = (state: RequestState): string[] =>
      [...JSON.stringify(requestCard(state)).matchAll(/"action_id":"([^"]+)"/g)].map(([, id]) => id ?? '');
    expect(actions(LOOKS.ready ?? stateOf())).toEqual([
      ...['secret_show_how', 'resource_extend', 'resource_show', 'run_full_log', 'resource_destroy'],
    ]);
    expect(actions(LOOKS.destroyed ?? stateOf())).toEqual([]);
    expect(actions(LOOKS['being made'] ?? stateOf())).toEqual(['request_cancel', 'run_full_log']);
    expect(actions(LOOKS['stopped half-way'] ?? stateOf())).toEqual([
      'run_retry',
      'run_roll_back',
      'run_get_help',
      'run_full_log',
    ]);
    expect(actions(stateOf())).toEqual(['request_ask_again', 'request_cancel']);
    const asked = { ...LOOKS.denied!, successor: requestOf() };
    expect(actions(asked)).toEqual([]);
  });
});

describe('the card of an approval', () => {
  it.each(['waiting', 'approved', 'denied', 'expired', 'cancelled'] as const)('%s', (state) => {
    const settled =
      state === 'waiting'
        ? {}
        : { decidedBy: ['U0LEA'], decidedReason: 'Too big.', decidedAt: new Date('2026-11-23T13:00:00Z') };
    const approval = approvalOf({ state, ...settled });
    const progress = state === 'waiting' ? progressOf(approval) : null;
    const card = approvalCard({ approval, progress, about: stateOf(), reader: null });
    expect(complaintsAboutMessage(card)).toEqual([]);
    expect(silentButtons(card.blocks)).toEqual([]);
    expect(card).toMatchSnapshot();
  });

  it('says when nobody, or too few, are left who may, and whose vote counts no more', () => {
    const from = { teamId: 'payments', relation: 'lead' as const };
    const need = { ...needOf(), stages: [{ all: [{ count: 2, from, describe: '2 leads' }] }] };
    const approval = approvalOf({ need, votes: [voteOf('U0LOU')] });
    const shown = (people: string[]): string =>
      mrkdwnOf(approvalCard({ approval, progress: progressOf(approval, [[people]]), about: null, reader: null }));
    expect(shown([])).toMatch(/still 2 of 2: ⚠️ nobody is left who may\. Unless a platform engineer/);
    expect(shown(['U0LEA'])).toMatch(/still 2 of 2: <@U0LEA> · ⚠️ too few are left who may\./);
    expect(shown(['U0LEA'])).toMatch(/Doesn’t count: .*<@U0LOU> \(voted, but may not vote here any more\)/);
    expect(shown(['U0LEA', 'U0LOU'])).not.toMatch(/⚠️|<@U0LOU> \(/);
  });

  it('says that the arguments changed, whose votes are void, and what is different', () => {
    const earlier = requestOf({
      id: 'req-00000000',
      state: 'cancelled',
      parameters: { ...requestOf().parameters, size: 'tiny' },
    });
    const voted = approvalOf({
      id: 'apr-00000000',
      state: 'cancelled',
      decidedReason: 'It was changed.',
      votes: [voteOf('U0LEA')],
    });
    const about = stateOf({ before: { request: earlier, approval: voted } });
    const card = mrkdwnOf(
      approvalCard({ approval: approvalOf(), progress: progressOf(approvalOf()), about, reader: null }),
    );
    expect(card).toMatch(/The arguments changed\* since `apr-00000000`\. What <@U0LEA> voted there is void/);
    expect(card).toMatch(/• Size: `tiny` → `small`/);
    expect(card).not.toMatch(/• Name: .* → /);
  });

  it('shows who voted, who is wanted, who is not counted and why, stage by stage', () => {
    const from = { role: 'security-reviewer' };
    const need = {
      ...needOf(),
      stages: [
        ...needOf().stages,
        {
          all: [
            {
              count: 2,
              from,
              describe: '2 security reviewers',
              escalation: { to: { role: 'auditor' }, describe: '2 auditors', afterSeconds: 60 },
            },
            { count: 1, from: { teamId: 'platform' }, describe: '1 member of Platform' },
          ],
        },
      ],
    };
    const approval = approvalOf({
      need,
      stage: 1,
      escalated: ['1.0'],
      votes: [
        voteOf('U0BEN', { onBehalfOf: 'U0LEA', reason: 'Fine <!channel>' }),
        voteOf('U0SAM', { stage: 1, via: 'reaction' }),
      ],
      refused: [{ personId: 'U0EVE', why: 'is not among those who are asked' }],
    });
    const progress = {
      ...progressOf(approval, [[['U0LEA']], [['U0SAM', 'U0SUE'], ['U0PIA']]], ['U0BEN']),
      away: [{ personId: 'U0LEA', delegateId: 'U0BEN' }],
    };
    const card = approvalCard({ approval, progress, about: null, reader: null });
    expect(complaintsAboutMessage(card)).toEqual([]);
    expect(mrkdwnOf(card)).not.toMatch(/<!channel>/);
    expect(card).toMatchSnapshot();
  });

  it('is to each reader of a copy what that person can do', () => {
    const approval = approvalOf({ votes: [voteOf('U0LOU')], need: needOf(2) });
    const progress = progressOf(approval, [[['U0LEA', 'U0LOU', 'U0LIN']]]);
    const actions = (reader: string): string[] =>
      [
        ...JSON.stringify(approvalCard({ approval, progress, about: null, reader })).matchAll(/"action_id":"([^"]+)"/g),
      ].map(([, id]) => id ?? '');
    expect(actions('U0LEA')).toEqual(['approval_approve', 'approval_approve_with_note', 'approval_deny']);
    expect(actions('U0LOU')).toEqual(['approval_take_back', 'approval_deny']);
    expect(actions('U0SAM')).toEqual([]);
  });

  it('has no button left in any copy once it is settled', () => {
    for (const state of ['approved', 'denied', 'expired', 'cancelled'] as const)
      for (const reader of [null, 'U0LEA'])
        expect(
          JSON.stringify(approvalCard({ approval: approvalOf({ state }), progress: null, about: stateOf(), reader })),
        ).not.toContain('action_id');
  });

  it('says so when nobody may decide', () => {
    const approval = approvalOf();
    const card = approvalCard({ approval, progress: progressOf(approval, [[[]]]), about: null, reader: null });
    expect(JSON.stringify(card)).toContain('nobody is left who may');
  });

  it.each([HOSTILE, LONG])('lets nothing through that somebody typed, and fits', (typed) => {
    const about = stateOf({
      request: requestOf({
        reason: typed,
        parameters: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`p${n}`, typed])),
      }),
    });
    const card = approvalCard({
      approval: approvalOf({ title: typed, state: 'denied', decidedReason: typed, decidedAt: new Date(0) }),
      progress: null,
      about,
      reader: null,
    });
    expect(complaintsAboutMessage(card)).toEqual([]);
    expect(mrkdwnOf(card)).not.toMatch(/<!channel>|<https|\u202E/);
  });
});

describe('audit lines', () => {
  const event: AuditRecord = {
    id: 'evt-00000001',
    at: new Date('2026-11-23T12:00:00Z'),
    type: 'request.submitted',
    actor: { kind: 'person', id: 'U0ADA' },
    subject: { kind: 'request', id: 'req-00000001' },
    traceId: 'trc-00000001',
    summary: HOSTILE,
  };

  it('are one line an event', () => {
    const message = auditMessage([event, { ...event, actor: { kind: 'system', id: 'resources' } }]);
    expect(complaintsAboutMessage(message)).toEqual([]);
    expect(mrkdwnOf(message)).not.toMatch(/<!channel>|<https/);
    expect(message).toMatchSnapshot();
  });

  it('fit, even twenty of the longest', () => {
    expect(
      complaintsAboutMessage(auditMessage(Array.from({ length: 20 }, () => ({ ...event, summary: LONG })))),
    ).toEqual([]);
  });
});
