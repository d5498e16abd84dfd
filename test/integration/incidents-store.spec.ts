import type { Runbook } from '../../src/catalog/index.js';
import { IncidentStore } from '../../src/incidents/incident.store.js';
import { PlaybookStore } from '../../src/incidents/playbook.store.js';
import { TimelineStore } from '../../src/incidents/timeline.store.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

let database: TestDatabase;
let incidents: IncidentStore;
let timeline: TimelineStore;
let playbooks: PlaybookStore;
let next = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  incidents = new IncidentStore(database.transactions);
  timeline = new TimelineStore(database.transactions);
  playbooks = new PlaybookStore(database.transactions);
});
afterAll(() => database.drop());

async function declared(): Promise<string> {
  next += 1;
  const id = `inc-0000000${next}`;
  await database.transactions.run((tx) =>
    incidents.insert(tx, {
      id,
      idempotencyKey: id,
      title: 'Slow',
      severity: 'sev2',
      description: '',
      declaredBy: 'U0ADA',
      resourceId: null,
      traceId: 't',
    }),
  );
  return id;
}

function runbook(name: string): Runbook {
  return {
    name,
    title: name,
    summary: name,
    version: '1.0.0',
    digest: `sha256:${name}`,
    owner: 'platform',
    appliesTo: { items: [], kinds: ['postgres-database'] },
    severities: ['sev1'],
    file: '',
    steps: [
      { name: 'look', title: 'Look', kind: 'manual', instructions: 'Look.' },
      {
        name: 'act',
        title: 'Act',
        kind: 'automated',
        action: 'demo:progress',
        with: {},
        timeoutSeconds: 5,
        reversible: true,
      },
    ],
  };
}

describe('What is kept of an incident', () => {
  it('takes the first room only', async () => {
    const id = await declared();
    const room = (channelId: string) => ({ channelId, name: channelId, own: true });
    const first = await database.transactions.run((tx) => incidents.setRoom(tx, id, room('C1')));
    const second = await database.transactions.run((tx) => incidents.setRoom(tx, id, room('C2')));
    expect([first?.room?.channelId, second]).toEqual(['C1', null]);
    expect((await incidents.findByChannel('C1'))?.id).toBe(id);
  });

  it('resolves once, and then neither severity nor command change', async () => {
    const id = await declared();
    const resolve = () => database.transactions.run((tx) => incidents.resolve(tx, id, 'U0OLI', 'done'));
    const outcomes = await Promise.all([resolve(), resolve()]);
    expect(outcomes.filter((incident) => incident !== null)).toHaveLength(1);
    await database.transactions.run(async (tx) => {
      expect(await incidents.setSeverity(tx, id, 'sev4')).toBeNull();
      expect(await incidents.setCommander(tx, id, 'U0BEN')).toBeNull();
    });
  });
});

describe('What 📌 puts on the timeline', () => {
  const pins = (id: string, pinnedBy: string[]) =>
    database.transactions.run((tx) =>
      timeline.setPins(tx, id, {
        channelId: 'C1',
        ts: '1795424400.000100',
        text: 'deployed v12',
        authorId: 'U0BEN',
        pinnedBy,
      }),
    );

  it('is one entry however often and by however many it is pinned', async () => {
    const id = await declared();
    const answers = [await pins(id, ['U0ADA']), await pins(id, ['U0ADA']), await pins(id, ['U0OLI', 'U0ADA', 'U0ADA'])];
    expect(answers).toEqual([true, false, true]);
    expect(await timeline.list(id)).toEqual([
      {
        kind: 'pin',
        at: new Date('2026-11-23T09:00:00.000Z'),
        text: 'deployed v12',
        authorId: 'U0BEN',
        pinnedBy: ['U0ADA', 'U0OLI'],
      },
    ]);
  });

  it('goes with the last 📌 and comes back with the next, and nothing is written for what never was pinned', async () => {
    const id = await declared();
    expect(await pins(id, [])).toBe(false);
    await pins(id, ['U0ADA']);
    expect(await pins(id, [])).toBe(true);
    expect(await timeline.list(id)).toEqual([]);
    expect(await pins(id, ['U0BEN'])).toBe(true);
    expect(await timeline.list(id)).toHaveLength(1);
  });
});

describe('What is kept of a playbook', () => {
  it('has one in use, and takes up again what was set aside where it was left', async () => {
    const incidentId = await declared();
    const use = (name: string, id: string) =>
      database.transactions.run((tx) => playbooks.use(tx, { id, incidentId, runbook: runbook(name), by: null }));
    const first = await use('one', `pbk-1-${incidentId}`);
    await database.transactions.run((tx) =>
      playbooks.change(tx, { playbookId: first.id, name: 'look', from: ['waiting'], to: 'done', by: 'U0ADA' }),
    );
    await use('two', `pbk-2-${incidentId}`);
    const again = await use('one', `pbk-3-${incidentId}`);
    expect(again.id).toBe(first.id);
    expect((await playbooks.findInUse(incidentId))?.runbookName).toBe('one');
    expect((await playbooks.steps(first.id)).map(({ state }) => state)).toEqual(['done', 'waiting']);
    expect((await playbooks.list(incidentId)).map(({ state }) => state)).toEqual(['in-use', 'set-aside']);
  });

  it('lets one of two quick clicks through', async () => {
    const incidentId = await declared();
    const { id } = await database.transactions.run((tx) =>
      playbooks.use(tx, { id: `pbk-4-${incidentId}`, incidentId, runbook: runbook('one'), by: null }),
    );
    const click = () =>
      database.transactions.run(async (tx) => {
        const step = await playbooks.change(tx, {
          playbookId: id,
          name: 'act',
          from: ['waiting', 'failed'],
          to: 'running',
          attempt: 0,
        });
        return step === null ? null : playbooks.nextAttempt(tx, step, { incident: { id: incidentId } });
      });
    const outcomes = await Promise.all([click(), click(), click()]);
    expect(outcomes.filter((step) => step !== null)).toEqual([
      expect.objectContaining({ attempt: 1, state: 'running', scope: { incident: { id: incidentId } } }),
    ]);
  });
});
