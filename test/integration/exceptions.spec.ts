import { Approvals, Votes } from '../../src/approvals/index.js';
import { Audit } from '../../src/audit/index.js';
import { BreakGlass, type Exception, Exceptions } from '../../src/exceptions/index.js';
import { DeclareIncident } from '../../src/incidents/index.js';
import { type Plan, PreviewRequest } from '../../src/requests/index.js';
import { Core } from '../builders/core.js';

const LOOKS_SECRET = 'd41d8cd98f00b204e9800998ecf8427e';

describe('exceptions', () => {
  let core: Core;
  let sent = 0;
  beforeAll(async () => {
    core = await Core.start();
  });
  afterAll(() => core.stop());

  const plan = async (
    who: string,
    change: { name?: string; environment?: string; teamId?: string } = {},
  ): Promise<Plan> =>
    (
      await core.get(PreviewRequest).preview({
        person: await core.person(who),
        itemName: 'postgres-database',
        teamId: change.teamId ?? 'payments',
        environment: change.environment ?? 'development',
        parameters: { name: change.name ?? LOOKS_SECRET, size: 'small' },
        reason: 'a test',
        leaseHours: 72,
      })
    ).plan;
  const ask = async (who: string, hours = 24): Promise<Exception> =>
    core.get(Exceptions).ask({
      person: await core.person(who),
      ruleId: 'secret-like-names',
      place: { teamId: 'payments', environment: 'development', itemName: 'postgres-database' },
      reason: 'The old system names things like that',
      hours,
      traceId: 'trc-test',
      idempotencyKey: `key-${(sent += 1)}`,
    });
  const vote = async (exception: Exception, who: string, choice: 'yes' | 'no', reason?: string) =>
    core.get(Votes).vote({
      approvalId: (await core.get(Exceptions).get(exception.id)).approvalId ?? '',
      voter: await core.person(who),
      choice,
      ...(reason !== undefined && { reason }),
    });
  const until = (id: string, state: Exception['state']) =>
    core.until(
      () => core.get(Exceptions).get(id),
      (exception) => exception.state === state,
    );

  it('lift a rule for one person, item, team and environment once its owner agreed, and end when they are revoked', async () => {
    expect((await plan('ada')).decision.outcome).toBe('deny');
    const { id, ...asked } = await ask('ada');
    expect(asked).toMatchObject({ state: 'asked', ownerTeamId: 'security' });
    expect((await vote({ id, ...asked }, 'lea', 'yes')).kind).toBe('not-eligible');
    expect((await plan('ada')).decision.outcome).toBe('deny');
    await vote({ id, ...asked }, 'sam', 'yes');
    await until(id, 'active');
    const { decision } = await plan('ada');
    expect(decision.outcome).toBe('allow');
    expect(decision.reasons).toContainEqual(expect.objectContaining({ rule: 'secret-like-names', outcome: 'waived' }));
    expect((await plan('ben')).decision.outcome).toBe('deny');
    expect((await plan('ada', { environment: 'staging' })).decision.outcome).toBe('deny');

    await expect(core.get(Exceptions).revoke({ id, person: await core.person('ben') })).rejects.toMatchObject({
      code: 'exceptions.refused',
    });
    await core.get(Exceptions).revoke({ id, person: await core.person('sam') });
    expect((await plan('ada')).decision.outcome).toBe('deny');
    await expect(core.get(Exceptions).revoke({ id, person: await core.person('sam') })).rejects.toMatchObject({
      code: 'exceptions.moved_on',
    });
    const trail = await core.get(Audit).trail({ kind: 'exception', id });
    expect(trail.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['exception.asked', 'exception.granted', 'exception.revoked']),
    );
  });

  it('end by the database’s clock, whether or not anybody looked', async () => {
    const exception = await ask('ben', 1);
    await vote(exception, 'sam', 'yes');
    await until(exception.id, 'active');
    expect((await plan('ben')).decision.outcome).toBe('allow');
    await core.database.transactions.query(`update exceptions set ends_at = now() where id = $1`, [exception.id]);
    expect((await plan('ben')).decision.outcome).toBe('deny');
  });

  it('are one for one key, refused without a reason, for too long, or for a rule that is none', async () => {
    const first = await ask('ada');
    sent -= 1;
    expect((await ask('ada')).id).toBe(first.id);
    sent -= 1;
    await expect(ask('ben')).rejects.toMatchObject({ code: 'exceptions.unknown' });
    sent += 1;
    await expect(ask('ada', 10_000)).rejects.toMatchObject({ code: 'exceptions.refused' });
    await core.get(Exceptions).revoke({ id: first.id, person: await core.person('ada') });
    expect(
      await core.get(Approvals).get(first.approvalId ?? (await core.get(Exceptions).get(first.id)).approvalId ?? ''),
    ).toMatchObject({
      state: 'cancelled',
    });
  });

  it('that are denied say why, and lift nothing', async () => {
    const exception = await ask('ada');
    await vote(exception, 'sam', 'no', 'Rename them.');
    await until(exception.id, 'denied');
    expect((await plan('ada')).decision.outcome).toBe('deny');
    const notices = await core.database.transactions.query<{ data: { text: string } }>(
      `select data from notices where key like $1`,
      [`exception:${exception.id}:%`],
    );
    expect(notices[0]?.data.text).toContain('Rename them.');
  });

  it('let engineers on call go on without approvals in an incident, loudly, with a short lease and a review', async () => {
    const oli = await core.person('oli');
    const place = { teamId: 'platform', environment: 'production', itemName: 'postgres-database' };
    const wish = { name: 'rescue', environment: 'production', teamId: 'platform' };
    expect((await plan('oli', wish)).decision.outcome).toBe('needs-approval');
    expect(await core.get(BreakGlass).may(oli, place)).toMatchObject({ allowed: false });
    const incident = await core.get(DeclareIncident).declare({
      person: oli,
      title: 'All is slow',
      severity: 'sev1',
      description: '',
      traceId: 'trc-inc',
      idempotencyKey: 'incident-1',
    });
    const glass = { person: oli, place, incidentId: incident.id, traceId: 'trc', idempotencyKey: 'glass-1' };
    await expect(core.get(BreakGlass).break({ ...glass, reason: ' ' })).rejects.toMatchObject({
      code: 'exceptions.refused',
    });
    await expect(
      core.get(BreakGlass).break({ ...glass, person: await core.person('ada'), reason: 'I want it' }),
    ).rejects.toMatchObject({ code: 'exceptions.refused' });

    const broken = await core.get(BreakGlass).break({ ...glass, reason: 'The primary is down' });
    const through = await plan('oli', wish);
    expect(through.decision.outcome).toBe('allow');
    expect(through.leaseHours).toBe(8);
    expect((await core.get(BreakGlass).break({ ...glass, reason: 'again' })).id).toBe(broken.id);
    const told = await core.database.transactions.query<{ recipient: { kind: string } }>(
      `select recipient from notices where key like $1`,
      [`glass:${broken.id}:%`],
    );
    expect(told.map(({ recipient }) => recipient.kind).sort()).toEqual(['channel', 'thread']);

    // Its time is over and nobody has looked: not again before somebody does.
    await core.database.transactions.query(`update exceptions set ends_at = now() where id = $1`, [broken.id]);
    expect((await plan('oli', wish)).decision.outcome).toBe('needs-approval');
    expect((await core.get(BreakGlass).may(oli, place)).reason).toContain(broken.id);
    await vote(broken, 'pia', 'yes');
    await core.until(
      () => core.get(Exceptions).get(broken.id),
      ({ review }) => review === 'fine',
    );
    expect(await core.get(BreakGlass).may(oli, place)).toMatchObject({ allowed: true });
  });
});
