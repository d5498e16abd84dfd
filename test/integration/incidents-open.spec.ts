import { jest } from '@jest/globals';
import { Audit } from '../../src/audit/index.js';
import { DeclareIncident, type Incident, Incidents, LeadIncident, RoomRefused } from '../../src/incidents/index.js';
import { workflowEnded } from '../builders/durable.js';
import { IncidentWorld } from '../builders/incident-world.js';

jest.setTimeout(60_000);

let world: IncidentWorld;
let resourceId: string;
let next = 0;

beforeAll(async () => {
  world = await IncidentWorld.open();
  ({ resourceId } = await world.resource());
});
afterAll(() => world.close());
beforeEach(() => {
  world.rooms.refusing = false;
  world.rooms.before = () => undefined;
  world.rooms.after = () => undefined;
});

async function declare(
  overrides: { idempotencyKey?: string; title?: string; resourceId?: string } = {},
): Promise<Incident> {
  next += 1;
  return world.get(DeclareIncident).declare({
    person: await world.person('ben'),
    title: 'Orders refuses connections',
    severity: 'sev2',
    description: 'too many connections',
    traceId: `trace-${next}`,
    idempotencyKey: `view:V${next}`,
    resourceId,
    ...overrides,
  });
}

function opened(incident: Incident): Promise<Incident> {
  return workflowEnded(`incident:${incident.id}`).then(() => world.get(Incidents).get(incident.id));
}

describe('A declared incident', () => {
  it('gets a room with everybody who is needed, a topic, its playbook and a pinned card', async () => {
    const incident = await opened(await declare());
    const name = `inc-${incident.declaredAt.toISOString().slice(0, 10).replaceAll('-', '')}-orders-refuses-connections-${incident.id.slice(4)}`;
    expect(incident.room).toEqual({ channelId: `C-${name}`, name, own: true });
    expect([...world.rooms.invited.get(`C-${name}`)!].sort()).toEqual(['U0ADA', 'U0BEN', 'U0OLI']);
    expect(world.rooms.topics.get(`C-${name}`)).toContain('Orders refuses connections');
    expect(world.rooms.pinned).toContain(incident.id);
    expect(incident).toMatchObject({ onCallId: 'U0OLI', commanderId: 'U0BEN' });
    const { playbooks, alternatives } = await world.get(Incidents).view(incident.id);
    expect(playbooks.map(({ runbook, state }) => [runbook.name, state])).toHaveLength(1);
    expect([...playbooks.map(({ runbook }) => runbook.name), ...alternatives.map(({ name }) => name)].sort()).toEqual([
      'postgres-locks',
      'postgres-too-many-connections',
    ]);
  });

  it('is one incident and one room, however often its form arrives', async () => {
    const before = world.rooms.created.length;
    const answers = await Promise.all([1, 2, 3].map(() => declare({ idempotencyKey: 'view:twice' })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    await opened(answers[0]!);
    expect(world.rooms.created.length - before).toBe(1);
    const [{ count } = { count: 0 }] = await world.query<{ count: number }>(
      `select count(*)::int as count from incidents where idempotency_key = 'view:twice'`,
    );
    expect(count).toBe(1);
  });

  it.each(['before', 'after'] as const)('makes one room when Slack fails %s every effect', async (moment) => {
    const failed = new Set<string>();
    world.rooms[moment] = (method) => {
      if (failed.has(method)) return;
      failed.add(method);
      throw new Error('ETIMEDOUT');
    };
    const incident = await opened(await declare({ title: `Slack fails ${moment}` }));
    expect([...failed].sort()).toEqual(['create', 'invite', 'pinCard', 'setTopic']);
    expect(world.rooms.created.filter((name) => name.includes(`slack-fails-${moment}`))).toHaveLength(1);
    expect(world.rooms.pinned).toContain(incident.id);
  });

  it('goes on in the incidents channel, and says so, when Slack refuses to make a channel', async () => {
    world.rooms.refusing = true;
    const incident = await opened(await declare());
    expect(incident.room).toEqual({ channelId: 'incidents', name: 'incidents', own: false });
    expect(world.rooms.topics.has('incidents')).toBe(false);
    const notices = await noticesOf(incident);
    expect(notices).toContainEqual(expect.stringContaining('it goes on right here'));
  });

  it('goes on without a pin that Slack refuses, and says so', async () => {
    world.rooms.before = (method) => {
      if (method === 'pinCard') throw new RoomRefused('no');
    };
    const incident = await opened(await declare());
    expect(await noticesOf(incident)).toContainEqual(expect.stringContaining('would not let me pin'));
  });

  it('leaves a trail, and a timeline that tells who declared it', async () => {
    const incident = await opened(await declare());
    const types = (await world.get(Audit).trail({ kind: 'incident', id: incident.id })).map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(['incident.declared', 'incident.room_opened', 'incident.playbook_suggested']),
    );
    const timeline = await world.get(Incidents).timeline(incident.id);
    expect(timeline[0]).toMatchObject({ kind: 'declared', authorId: 'U0BEN' });
  });

  it('keeps secrets out of what was typed', async () => {
    const password = 'postgres://orders:Tr0ub4dor-and-3xtra@db.example/orders';
    const incident = await declare({ title: `Cannot connect to ${password}` });
    expect(incident.title).not.toContain('Tr0ub4dor');
  });

  it('refuses a resource that is not there, and declares nothing', async () => {
    await expect(declare({ resourceId: 'res-00000000', idempotencyKey: 'view:gone' })).rejects.toMatchObject({
      code: 'incidents.resource_gone',
    });
    expect(await world.query(`select 1 from incidents where idempotency_key = 'view:gone'`)).toEqual([]);
  });
});

describe('Leading an incident', () => {
  it('writes a change of severity and of command on the timeline, once', async () => {
    const incident = await opened(await declare());
    const oli = await world.person('oli');
    const lead = world.get(LeadIncident);
    for (const _ of [1, 2]) await lead.changeSeverity(incident.id, 'sev1', oli);
    for (const _ of [1, 2]) await lead.takeCommand(incident.id, oli);
    const kinds = (await world.get(Incidents).timeline(incident.id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'severity')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'commander')).toHaveLength(1);
    expect(await world.get(Incidents).get(incident.id)).toMatchObject({ severity: 'sev1', commanderId: 'U0OLI' });
  });
});

async function noticesOf({ id }: Incident): Promise<string[]> {
  const rows = await world.query<{ data: { text?: string } }>(
    `select data from notices where recipient -> 'subject' ->> 'id' = $1`,
    [id],
  );
  return rows.map(({ data }) => data.text ?? '');
}
