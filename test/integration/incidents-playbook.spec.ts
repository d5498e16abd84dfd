import { jest } from '@jest/globals';
import { Approvals, Votes } from '../../src/approvals/index.js';
import { People } from '../../src/identity/index.js';
import {
  DeclareIncident,
  Incidents,
  type Playbook,
  type PlaybookStep,
  Playbooks,
  ResolveIncident,
  RollBackStep,
  RunStep,
  type StepClick,
  TickStep,
  Timeline,
} from '../../src/incidents/index.js';
import { workflowEnded } from '../builders/durable.js';
import { IncidentWorld } from '../builders/incident-world.js';
import type { ProvisionedDatabase } from '../builders/provisioned-database.js';

jest.setTimeout(60_000);

let world: IncidentWorld;
let next = 0;

beforeAll(async () => {
  world = await IncidentWorld.open();
});
afterAll(() => world.close());

interface Scene {
  incidentId: string;
  database: ProvisionedDatabase;
  click: (stepName: string, by: string) => Promise<StepClick>;
  step: (name: string) => Promise<PlaybookStep>;
  playbook: () => Promise<Playbook>;
  /** Waits for the workflow of the step's newest attempt. */
  ended: (name: string) => Promise<PlaybookStep>;
  timeline: () => Promise<string[]>;
}

/** An incident on a real database, with the runbook against too many connections in use. */
async function scene(): Promise<Scene> {
  next += 1;
  const database = await world.resource();
  const { id: incidentId } = await world.get(DeclareIncident).declare({
    person: await world.person('ben'),
    title: 'Orders refuses connections',
    severity: 'sev1',
    description: '',
    resourceId: database.resourceId,
    traceId: 'trace',
    idempotencyKey: `view:P${next}`,
  });
  await workflowEnded(`incident:${incidentId}`);
  await world.get(Playbooks).choose(incidentId, 'postgres-too-many-connections', await world.person('oli'));
  const playbook = async (): Promise<Playbook> =>
    (await world.get(Incidents).view(incidentId)).playbooks.find(({ state }) => state === 'in-use')!;
  const step = async (name: string): Promise<PlaybookStep> =>
    (await playbook()).steps.find((one) => one.name === name)!;
  return {
    incidentId,
    database,
    playbook,
    step,
    click: async (stepName, by) => {
      const { playbookId, attempt } = await step(stepName);
      return { playbookId, stepName, attempt, person: await world.person(by) };
    },
    ended: async (name) => {
      const { playbookId, attempt } = await step(name);
      await workflowEnded(`playbook:${playbookId}:${name}:${attempt}`);
      return step(name);
    },
    timeline: async () => (await world.get(Incidents).timeline(incidentId)).map(({ text }) => text),
  };
}

async function approve(step: PlaybookStep, by: string, choice: 'yes' | 'no' = 'yes'): Promise<void> {
  const sets = { yes: choice === 'yes' ? [by] : [], no: choice === 'no' ? [by] : [] };
  await world.get(Votes).syncReactions(step.approvalId!, sets);
}

function runsOf(incidentId: string): Promise<{ id: string; kind: string }[]> {
  return world.query('select id, kind from runs where subject_id = $1 order by created_at', [incidentId]);
}

describe('A manual check', () => {
  it('is done or skipped by whoever says so, with their name', async () => {
    const { click, step, timeline } = await scene();
    await world.get(TickStep).markDone(await click('symptom', 'lea'));
    await world.get(TickStep).skip(await click('recovered', 'ben'));
    expect(await step('symptom')).toMatchObject({ state: 'done', changedBy: 'U0LEA' });
    expect(await step('recovered')).toMatchObject({ state: 'skipped', changedBy: 'U0BEN' });
    expect(await timeline()).toEqual(expect.arrayContaining(['Checked “Confirm the symptom”']));
  });

  it('answers a click on an old card with where it is, and does nothing', async () => {
    const { click, step } = await scene();
    const clicked = await click('symptom', 'oli');
    await world.get(TickStep).markDone(clicked);
    await expect(world.get(TickStep).skip(clicked)).rejects.toMatchObject({
      code: 'incidents.step_moved_on',
      publicMessage: expect.stringContaining('it is done already'),
    });
    expect((await step('symptom')).state).toBe('done');
  });
});

describe('A diagnostic', () => {
  it('runs at once on the affected database, and its output goes to the incident', async () => {
    const { incidentId, click, ended } = await scene();
    expect(await world.get(RunStep).run(await click('connections', 'oli'))).toBe('started');
    expect(await ended('connections')).toMatchObject({ state: 'done', note: null });
    const [notice] = await world.query<{ data: { text: string } }>(
      `select data from notices where template = 'step-output' and recipient -> 'subject' ->> 'id' = $1`,
      [incidentId],
    );
    expect(notice?.data.text).toContain('of 20 connections in use');
  });

  it('runs once when it is clicked three times at once, and again when it is clicked again', async () => {
    const { incidentId, click, ended } = await scene();
    const clicked = await click('size', 'oli');
    const answers = await Promise.allSettled([1, 2, 3].map(() => world.get(RunStep).run(clicked)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await ended('size');
    // The card that was clicked shows an attempt that is used up.
    await expect(world.get(RunStep).run(clicked)).rejects.toMatchObject({ code: 'incidents.step_moved_on' });
    expect(await runsOf(incidentId)).toHaveLength(1);
    await world.get(RunStep).run(await click('size', 'oli'));
    await ended('size');
    expect(await runsOf(incidentId)).toHaveLength(2);
  });

  it('is not for somebody the rules do not name', async () => {
    const { click, step } = await scene();
    await expect(world.get(RunStep).run(await click('connections', 'sam'))).rejects.toMatchObject({
      code: 'incidents.forbidden',
    });
    expect((await step('connections')).state).toBe('waiting');
  });

  it('fails in words on the card when the database is gone, and can be run again', async () => {
    const { incidentId, click, ended } = await scene();
    await world.query(
      `update resources set outputs = '{"database": "qm_gone"}' from incidents where incidents.id = $1 and resources.id = resource_id`,
      [incidentId],
    );
    await world.get(RunStep).run(await click('size', 'oli'));
    const failed = await ended('size');
    expect(failed.state).toBe('failed');
    expect(failed.note).toMatch(/\w/);
    await world.get(RunStep).run(await click('size', 'oli'));
    expect((await ended('size')).attempt).toBe(2);
  });
});

describe('A step that needs approval', () => {
  it('waits for a lead, changes the real limit, and rolls back to the former one', async () => {
    const { click, step, ended, database, timeline } = await scene();
    expect(await world.get(RunStep).run(await click('raiseLimit', 'oli'))).toBe('asked');
    const asked = await step('raiseLimit');
    expect(asked.state).toBe('awaiting-approval');
    expect(await database.connectionLimit()).toBe(20);
    const approval = await world.get(Approvals).get(asked.approvalId!);
    expect(approval.title).toContain('limit 60');
    expect(approval.title).toContain('orders (production)');

    await approve(asked, 'U0BEN');
    expect((await world.get(Approvals).get(asked.approvalId!)).state).toBe('waiting');
    await approve(asked, 'U0LEA');
    expect((await ended('raiseLimit')).state).toBe('done');
    expect(await database.connectionLimit()).toBe(60);
    await expect(world.get(RunStep).run(await click('raiseLimit', 'oli'))).rejects.toMatchObject({
      code: 'incidents.step_moved_on',
    });

    const back = await click('raiseLimit', 'oli');
    const answers = await Promise.allSettled([1, 2].map(() => world.get(RollBackStep).rollBack(back)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await ended('raiseLimit')).state).toBe('rolled-back');
    expect(await database.connectionLimit()).toBe(20);
    expect(await timeline()).toEqual(
      expect.arrayContaining([
        expect.stringContaining('Asked for approval'),
        'Approved and started “Raise the connection limit to 60”',
        'Finished “Raise the connection limit to 60”',
        'Rolled back “Raise the connection limit to 60”',
      ]),
    );
  });

  it('does not count the vote of whoever asked for it', async () => {
    const { click, step } = await scene();
    // Lea leads the owning team, and would be eligible if somebody else had asked.
    await expect(world.get(RunStep).run(await click('raiseLimit', 'lea'))).rejects.toMatchObject({
      code: 'incidents.forbidden',
      publicMessage: expect.stringContaining('not the requester'),
    });
    expect((await step('raiseLimit')).state).toBe('waiting');
  });

  it('waits again when it is denied, says by whom, and changes nothing', async () => {
    const { incidentId, click, step, ended, database } = await scene();
    await world.get(RunStep).run(await click('raiseLimit', 'oli'));
    await approve(await step('raiseLimit'), 'U0LEA', 'no');
    expect(await ended('raiseLimit')).toMatchObject({ state: 'waiting', note: expect.stringContaining('<@U0LEA>') });
    expect(await database.connectionLimit()).toBe(20);
    expect(await runsOf(incidentId)).toEqual([]);
    expect(await world.get(RunStep).run(await click('raiseLimit', 'oli'))).toBe('asked');
  });

  it('does not run when whoever asked may not any more once it is approved', async () => {
    const { incidentId, click, step, ended } = await scene();
    await world.get(RunStep).run(await click('raiseLimit', 'oli'));
    const oli = world.people.users.get('U0OLI')!;
    world.people.users.set('U0OLI', { ...oli, deleted: true });
    try {
      await approve(await step('raiseLimit'), 'U0LEA');
      expect((await ended('raiseLimit')).state).toBe('failed');
    } finally {
      world.people.users.set('U0OLI', oli);
      await world.get(People).getFresh('U0OLI');
    }
    expect(await runsOf(incidentId)).toEqual([]);
  });
});

describe('Choosing another runbook', () => {
  it('is refused while a step waits, and keeps what was done for later', async () => {
    const { incidentId, click, step, ended, playbook } = await scene();
    const choose = async (name: string) => world.get(Playbooks).choose(incidentId, name, await world.person('oli'));
    await world.get(TickStep).markDone(await click('symptom', 'oli'));
    await world.get(RunStep).run(await click('raiseLimit', 'oli'));
    await expect(choose('postgres-locks')).rejects.toMatchObject({ code: 'incidents.playbook_busy' });
    await approve(await step('raiseLimit'), 'U0LEA', 'no');
    await ended('raiseLimit');
    const stale = await click('size', 'oli');
    await choose('postgres-locks');
    await expect(world.get(RunStep).run(stale)).rejects.toMatchObject({ code: 'incidents.no_playbook' });
    await choose('postgres-too-many-connections');
    expect((await playbook()).steps[0]).toMatchObject({ name: 'symptom', state: 'done' });
    await expect(choose('no-such-runbook')).rejects.toMatchObject({ code: 'incidents.runbook_does_not_apply' });
  });
});

describe('Resolving', () => {
  it('writes and uploads one postmortem with the timeline, once, whoever else resolves too', async () => {
    const { incidentId, click, ended } = await scene();
    await world.get(RunStep).run(await click('connections', 'oli'));
    await ended('connections');
    const pin = {
      channelId: 'C1',
      ts: '1795424400.000100',
      text: 'we deployed v12',
      authorId: 'U0BEN',
      pinnedBy: ['U0OLI'],
    };
    for (const _ of [1, 2]) await world.get(Timeline).syncPin(incidentId, pin);
    const lost = new Set<string>();
    world.rooms.after = (method) => {
      if (method !== 'upload' || lost.has(method)) return;
      lost.add(method);
      throw new Error('ETIMEDOUT');
    };
    const resolve = async (by: string) =>
      world
        .get(ResolveIncident)
        .resolve({ incidentId, person: await world.person(by), summary: 'A pool was too large.' });
    const answers = await Promise.allSettled([resolve('oli'), resolve('ben')]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'incidents.already_resolved' },
    });
    await workflowEnded(`incident:${incidentId}:resolve`);

    const uploads = world.rooms.uploads.filter(({ name }) => name === `postmortem-${incidentId}.md`);
    expect(uploads).toHaveLength(1);
    const { text } = uploads[0]!;
    for (const part of [
      'A pool was too large.',
      'we deployed v12',
      'Who holds the connections?',
      'oli',
      'Resolved after',
    ])
      expect(text).toContain(part);
    expect(text.match(/we deployed v12/g)).toHaveLength(1);
    const posted = await world.query(`select 1 from notices where key = $1`, [`incident-resolved:${incidentId}`]);
    expect(posted).toHaveLength(1);
    expect((await world.get(Incidents).get(incidentId)).state).toBe('resolved');
  });

  it('withdraws what waits for approval, lets nothing new start, and still takes back what was done', async () => {
    const { incidentId, click, step, ended, database } = await scene();
    await world.get(RunStep).run(await click('raiseLimit', 'oli'));
    await approve(await step('raiseLimit'), 'U0LEA');
    await ended('raiseLimit');
    await world.get(RunStep).run(await click('terminateStuck', 'oli'));
    const { approvalId } = await step('terminateStuck');
    const person = await world.person('oli');
    await world.get(ResolveIncident).resolve({ incidentId, person, summary: 'Done.' });
    expect((await world.get(Approvals).get(approvalId!)).state).toBe('cancelled');
    expect((await ended('terminateStuck')).state).toBe('waiting');
    await expect(world.get(RunStep).run(await click('size', 'oli'))).rejects.toMatchObject({
      code: 'incidents.already_resolved',
    });
    await world.get(RollBackStep).rollBack(await click('raiseLimit', 'oli'));
    expect((await ended('raiseLimit')).state).toBe('rolled-back');
    expect(await database.connectionLimit()).toBe(20);
  });
});
