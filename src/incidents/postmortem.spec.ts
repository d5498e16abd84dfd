import type { Playbook, PlaybookStep } from './playbook.js';
import { type PostmortemFacts, postmortem } from './postmortem.js';

const at = (time: string): Date => new Date(`2026-11-23T${time}Z`);

function step(overrides: Partial<PlaybookStep>): PlaybookStep {
  return {
    playbookId: 'pbk-00000001',
    name: 'symptom',
    title: 'Confirm the symptom',
    kind: 'manual',
    instructions: null,
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

const playbook: Playbook = {
  id: 'pbk-00000001',
  incidentId: 'inc-7k3m9q2x',
  runbook: { name: 'postgres-too-many-connections', digest: 'sha256:0', title: 'Too many connections', summary: '' },
  state: 'in-use',
  steps: [
    step({ state: 'done', changedBy: 'U-OLI', changedAt: at('09:05:00') }),
    step({
      name: 'raiseLimit',
      title: 'Raise the limit | to 60',
      kind: 'automated',
      reversible: true,
      state: 'done',
      changedBy: 'U-OLI',
      changedAt: at('09:10:00'),
    }),
  ],
};

function facts(overrides: Partial<PostmortemFacts['incident']> = {}): PostmortemFacts {
  return {
    incident: {
      id: 'inc-7k3m9q2x',
      state: 'resolved',
      title: 'Orders DB is slow',
      severity: 'sev2',
      description: 'Checkout answers after 20 s.',
      declaredBy: 'U-ADA',
      commanderId: 'U-OLI',
      onCallId: 'U-OLI',
      resourceId: 'res-00000001',
      room: { channelId: 'C1', name: 'inc-20261123-orders-db-is-slow-7k3m9q2x', own: true },
      summary: 'A migration held a lock.',
      resolvedBy: 'U-OLI',
      resolvedAt: at('10:35:00'),
      postmortem: null,
      traceId: 'trace',
      version: 4,
      declaredAt: at('09:00:00'),
      ...overrides,
    },
    resource: { id: 'res-00000001', title: 'orders', environment: 'production' },
    playbooks: [playbook],
    timeline: [
      { kind: 'declared', at: at('09:00:00'), text: 'Declared as sev2', authorId: 'U-ADA', pinnedBy: [] },
      { kind: 'pin', at: at('09:04:00'), text: 'we deployed\nat 8:55 | v12', authorId: 'U-BEN', pinnedBy: ['U-OLI'] },
      { kind: 'room', at: at('09:00:02'), text: 'Opened the channel', authorId: null, pinnedBy: [] },
    ],
    names: new Map([
      ['U-ADA', 'Ada'],
      ['U-OLI', 'Oli'],
      ['U-BEN', 'Ben'],
    ]),
  };
}

describe('The postmortem', () => {
  it('tells the whole incident', () => {
    expect(postmortem(facts())).toMatchSnapshot();
  });

  it('keeps its tables and headings whatever people wrote', () => {
    const text = postmortem(facts({ title: 'a\n# b', description: '# Not a section\n## Nor this', summary: '' }));
    expect(text.match(/^#+ .*/gm)).toEqual([
      '# Postmortem: a # b',
      '## Summary',
      '## What was seen',
      '## Timeline',
      '## Playbook: Too many connections',
      '## People',
      '## Follow-ups',
    ]);
    expect(text).toContain('| 📌 we deployed at 8:55 \\| v12 |');
    expect(text).toContain('_Nothing was written down._');
  });

  it('reminds of what is still in place and can be taken back', () => {
    expect(postmortem(facts())).toContain('- [ ] Raise the limit | to 60');
  });
});
