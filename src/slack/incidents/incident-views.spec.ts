import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Incident, IncidentView, Playbook, PlaybookStep, PlaybookStepState } from '../../incidents/index.js';
import type { CardMessage } from '../cards/card-source.js';
import { incidentCard, incidentPointer } from './incident-card.view.js';
import { declareModal, resolveModal, resourceOptions, severityModal } from './incident-modals.view.js';
import { openIncidentsText, timelineText } from './incident-replies.view.js';
import { playbookCard } from './playbook-card.view.js';

const HOSTILE = '<!channel> & <https://evil.example|click> *x*';

function incidentOf(overrides: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-7k3m9q2x',
    state: 'open',
    title: 'Orders DB is slow',
    severity: 'sev2',
    description: 'Checkout answers after 20 s.',
    declaredBy: 'U0ADA',
    commanderId: 'U0ADA',
    onCallId: 'U0OLI',
    resourceId: 'res-00000001',
    room: { channelId: 'C0INC', name: 'inc-20261123-orders-db-is-slow-7k3m9q2x', own: true },
    summary: null,
    resolvedBy: null,
    resolvedAt: null,
    postmortem: null,
    traceId: 'trc-00000001',
    version: 1,
    declaredAt: new Date('2026-11-23T09:00:00Z'),
    ...overrides,
  };
}

function stepOf(overrides: Partial<PlaybookStep> = {}): PlaybookStep {
  return {
    playbookId: 'pbk-00000001',
    name: 'symptom',
    title: 'Confirm the symptom',
    kind: 'manual',
    instructions: 'Look at the log.',
    reversible: false,
    state: 'waiting',
    attempt: 0,
    approvalId: null,
    runId: null,
    rollbackRunId: null,
    note: null,
    changedBy: null,
    changedAt: null,
    version: 1,
    ...overrides,
  };
}

function playbookOf(steps: PlaybookStep[]): Playbook {
  return {
    id: 'pbk-00000001',
    incidentId: 'inc-7k3m9q2x',
    runbook: {
      name: 'postgres-too-many-connections',
      digest: 'sha256:0',
      title: 'Too many connections',
      summary: 'Find who holds them.',
    },
    state: 'in-use',
    steps,
  };
}

function viewOf(overrides: Partial<Incident> = {}, steps: PlaybookStep[] = [stepOf()]): IncidentView {
  return { incident: incidentOf(overrides), resource: null, playbooks: [playbookOf(steps)], alternatives: [] };
}

function cardOf(view: IncidentView): CardMessage {
  return playbookCard(view, view.playbooks[0]!);
}

interface Found {
  action_id: string;
  text: { text: string };
  value: string;
}

/** Every button of the card's steps, wherever it stands. */
function buttons(blocks: readonly KnownBlock[]): Found[] {
  return blocks.flatMap((block) => {
    if (block.type === 'actions') return block.elements as unknown as Found[];
    if (block.type === 'section' && block.accessory?.type === 'button') return [block.accessory as unknown as Found];
    return [];
  });
}

function expectWithinLimits(blocks: readonly KnownBlock[], max: number): void {
  expect(blocks.length).toBeLessThanOrEqual(max);
  for (const block of blocks) {
    if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
    if (block.type === 'section') {
      expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3000);
      for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2000);
    }
    if (block.type === 'actions') expect(block.elements.length).toBeLessThanOrEqual(25);
    expect(block.block_id?.length ?? 0).toBeLessThanOrEqual(255);
  }
  const ids = blocks.map((block) => block.block_id).filter((id) => id !== undefined);
  expect(new Set(ids).size).toBe(ids.length);
}

describe('The incident card', () => {
  it('shows an open incident with its buttons', () => {
    expect(incidentCard(viewOf())).toMatchSnapshot();
  });

  it('shows a resolved one with its duration and no buttons', () => {
    const card = incidentCard(
      viewOf({ state: 'resolved', resolvedAt: new Date('2026-11-23T10:35:00Z'), summary: 'A lock.' }),
    );
    expect(JSON.stringify(card)).toContain('Resolved after 1 h 35 min');
    expect(buttons(card.blocks)).toEqual([]);
  });

  it('escapes what people typed, and stays within Slack’s limits', () => {
    const long = HOSTILE.repeat(200);
    for (const card of [
      incidentCard(viewOf({ title: long, description: long })),
      incidentPointer(viewOf({ title: long })),
    ]) {
      const marked = card.blocks.filter((block) => block.type === 'section');
      expect(JSON.stringify(marked)).not.toContain('<!channel>');
      expect(JSON.stringify(marked)).not.toContain('<https:');
      expect(card.text).not.toContain('<!channel>');
      expectWithinLimits(card.blocks, 50);
    }
  });

  it('points from the incidents channel to where the work is', () => {
    expect(incidentPointer(viewOf()).blocks).toMatchSnapshot();
    const shared = incidentPointer(viewOf({ room: { channelId: 'incidents', name: 'incidents', own: false } }));
    expect(JSON.stringify(shared)).toContain('it goes on in this channel');
  });
});

describe('The playbook card', () => {
  const offered: [PlaybookStepState, Partial<PlaybookStep>, string[]][] = [
    ['waiting', { kind: 'manual' }, ['Mark done', 'Skip']],
    ['done', { kind: 'manual' }, []],
    ['skipped', { kind: 'manual' }, ['Mark done']],
    ['waiting', { kind: 'diagnostic' }, ['Run', 'Skip']],
    ['running', { kind: 'diagnostic' }, []],
    ['done', { kind: 'diagnostic' }, ['Run again']],
    ['failed', { kind: 'automated', attempt: 1 }, ['Run again', 'Skip']],
    ['awaiting-approval', { kind: 'automated' }, []],
    ['done', { kind: 'automated', reversible: true }, ['Roll back']],
    ['rolling-back', { kind: 'automated', reversible: true }, []],
    ['rolled-back', { kind: 'automated', reversible: true, attempt: 2 }, ['Run again']],
    ['rollback-failed', { kind: 'automated', reversible: true }, ['Roll back']],
  ];
  it.each(offered)('offers for a %s step %j: %j', (state, overrides, labels) => {
    const { blocks } = cardOf(viewOf({}, [stepOf({ ...overrides, state })]));
    expect(buttons(blocks).map((button) => button.text.text)).toEqual(labels);
  });

  it('offers nothing but taking back once the incident is over', () => {
    const steps = offered.map(([state, overrides], index) => stepOf({ ...overrides, state, name: `step${index}` }));
    const { blocks } = cardOf(viewOf({ state: 'resolved' }, steps));
    expect(new Set(buttons(blocks).map((button) => button.text.text))).toEqual(new Set(['Roll back']));
  });

  it('carries the attempt it shows, so that a second quick click finds it used up', () => {
    const { blocks } = cardOf(viewOf({}, [stepOf({ attempt: 3, state: 'failed' })]));
    expect(buttons(blocks).map(({ value }) => value)).toEqual(Array(2).fill('pbk-00000001/symptom/3'));
  });

  it('shows who did what, and lets other runbooks be chosen', () => {
    const steps = [
      stepOf({ state: 'done', changedBy: 'U0OLI' }),
      stepOf({
        name: 'raise',
        title: 'Raise the limit',
        kind: 'automated',
        reversible: true,
        state: 'failed',
        note: 'Denied by <@U0LEA>: <!here> no',
      }),
    ];
    const other = { name: 'postgres-locks', title: 'Queries wait for locks' } as IncidentView['alternatives'][number];
    expect(cardOf({ ...viewOf({}, steps), alternatives: [other] })).toMatchSnapshot();
  });

  it('stays within Slack’s limits with thirty steps of long instructions', () => {
    const steps = Array.from({ length: 30 }, (_, index) =>
      stepOf({
        name: `step${index}`,
        title: HOSTILE.repeat(10),
        instructions: HOSTILE.repeat(100),
        note: HOSTILE.repeat(100),
        state: 'failed',
      }),
    );
    expectWithinLimits(cardOf(viewOf({}, steps)).blocks, 50);
  });
});

describe('The modals of incidents', () => {
  it.each<[string, ModalView]>([
    ['declare', declareModal({ title: 'Orders' })],
    ['severity', severityModal(incidentOf())],
    ['resolve', resolveModal(incidentOf({ title: HOSTILE.repeat(20) }))],
  ])('%s fits', (_name, view) => {
    expect(view.title.text.length).toBeLessThanOrEqual(24);
    expectWithinLimits(view.blocks as KnownBlock[], 100);
    expect(view).toMatchSnapshot();
  });

  it('offers at most a hundred resources', () => {
    const many = Array.from({ length: 150 }, (_, index) => ({
      id: `res-${index}`,
      title: 'x'.repeat(200),
      environment: 'production',
    }));
    const options = resourceOptions(many);
    expect(options).toHaveLength(100);
    expect(options[0]!.text.text.length).toBeLessThanOrEqual(75);
  });
});

describe('Answers to /qm incident', () => {
  it('lists what is open, or says that nothing is', () => {
    expect(openIncidentsText([], '/qm')).toContain('No incident is open');
    expect(openIncidentsText([incidentOf({ title: HOSTILE })], '/qm')).toContain('&lt;!channel&gt;');
  });

  it('says how much of a long timeline it leaves out', () => {
    const entries = Array.from({ length: 200 }, (_, index) => ({
      kind: 'pin' as const,
      at: new Date(2026, 10, 23, 9, index),
      text: HOSTILE.repeat(20),
      authorId: 'U0ADA',
      pinnedBy: [],
    }));
    const text = timelineText(incidentOf(), entries);
    expect(text.length).toBeLessThan(4000);
    expect(text).toContain('earlier entries are in the postmortem');
    expect(text).toMatch(/\d+ more entries/);
    expect(text).not.toContain('<!channel>');
  });
});
