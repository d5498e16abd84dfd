import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { ApprovalSweep, Votes } from '../../src/approvals/index.js';
import { Catalog } from '../../src/catalog/index.js';
import { ActionFailed, ActionRegistry, Runs } from '../../src/orchestrator/index.js';
import { Policy } from '../../src/policy/index.js';
import { type RequestRecord, Requests, SubmitRequest } from '../../src/requests/index.js';
import { Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';

jest.setTimeout(60_000);

const SETTLED = ['ready', 'failed', 'denied', 'expired', 'cancelled'];

describe('a request that does not go as it was wished', () => {
  let core: Core;
  beforeAll(async () => {
    core = await Core.start();
  });
  afterAll(() => core.stop());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const submit = async (environment: string, parameters: Record<string, unknown> = {}) =>
    core.get(SubmitRequest).submit({
      person: await core.person('ada'),
      itemName: 'demo-service',
      teamId: 'payments',
      environment,
      parameters: { name: 'hello', ticks: 1, flakiness: 0, failAtEnd: false, ...parameters },
      reason: 'a test',
      leaseHours: 2,
      idempotencyKey: randomBytes(6).toString('hex'),
      traceId: 'trc-test',
      originChannelId: null,
    });
  const settled = ({ id }: RequestRecord): Promise<RequestRecord> =>
    core.until(
      () => core.get(Requests).get(id),
      (request) => SETTLED.includes(request.state),
    );
  const approve = async ({ approvalId }: RequestRecord) =>
    core.get(Votes).vote({
      approvalId: approvalId!,
      voter: await core.person('lea'),
      choice: 'yes',
    });

  it('expires when nobody votes in time, and makes nothing', async () => {
    const request = await submit('production');
    await core.database.transactions.query(`update approvals set expires_at = now() where id = $1`, [
      request.approvalId,
    ]);
    await core.get(ApprovalSweep).tick();
    expect(await settled(request)).toMatchObject({ state: 'expired', runId: null });
    expect((await core.get(Resources).get(request.resourceId)).state).toBe('failed');
  });

  it('is denied after all when policy changed while its approval waited', async () => {
    const request = await submit('production');
    jest.spyOn(core.get(Policy), 'decideRequest').mockReturnValue({
      outcome: 'deny',
      reasons: [{ rule: 'freeze', outcome: 'deny', message: 'Production is frozen.' }],
    });
    await approve(request);
    const done = await settled(request);
    expect(done).toMatchObject({ state: 'denied', runId: null });
    expect(done.failure?.what).toBe('It was approved, but is not allowed any more: Production is frozen.');
  });

  it('fails visibly when the very version that was approved can’t be found any more', async () => {
    const request = await submit('production');
    const find = jest.spyOn(core.get(Catalog), 'findVersion');
    const item = await core.get(Catalog).findVersion(request.itemName, request.itemDigest);
    find.mockClear().mockResolvedValueOnce(item).mockResolvedValue(null);
    await approve(request);
    const done = await settled(request);
    expect(done).toMatchObject({ state: 'failed', failure: { undone: 'Nothing was made.' } });
  });

  it('tells the owners of the item what could not be undone', async () => {
    const registry = core.get(ActionRegistry);
    const flaky = registry.get('demo:flaky');
    const get = registry.get.bind(registry);
    jest
      .spyOn(registry, 'get')
      .mockImplementation((id) =>
        id === flaky.id
          ? { ...flaky, destroy: () => Promise.reject(new ActionFailed('It is in use.', false)) }
          : get(id),
      );
    const request = await submit('development', { failAtEnd: true });
    const done = await settled(request);
    expect(done.failure?.undone).toBe(
      'Undone: “Start”, “Prepare”. Could not be undone: “Connect to something that is flaky”; the owners of the catalog item were told.',
    );
    const [notice] = await core.database.transactions.query<{ recipient: object; data: { text: string } }>(
      'select recipient, data from notices where key = $1',
      [`left-behind:${done.runId}`],
    );
    expect(notice?.recipient).toMatchObject({ kind: 'channel' });
    expect(notice?.data.text).toContain('“Connect to something that is flaky” could not be undone');
  });

  it('leaves out an output that does not work out, rather than what was made', async () => {
    const catalog = core.get(Catalog);
    const find = catalog.findVersion.bind(catalog);
    jest.spyOn(catalog, 'findVersion').mockImplementation(async (name, digest) => {
      const item = await find(name, digest);
      return item === null ? null : { ...item, outputs: { ...item.outputs, broken: '${{ params.missing.deeper }}' } };
    });
    const request = await submit('development');
    expect((await settled(request)).state).toBe('ready');
    expect((await core.get(Resources).get(request.resourceId)).outputs).toEqual({ name: 'hello' });
  });

  it('says that a teardown could not even begin, and can be tried again', async () => {
    const request = await submit('development');
    await settled(request);
    const person = await core.person('ada');
    const destroy = () => core.get(Resources).requestDestroy({ resourceId: request.resourceId, person, why: 'done' });
    const ended = (state: string) =>
      core.until(
        () => core.get(Resources).get(request.resourceId),
        (resource) => resource.state === state,
      );
    jest.spyOn(core.get(Runs), 'createReverse').mockRejectedValue(new ActionFailed('The run is gone.', false));
    await destroy();
    expect((await ended('destroy-failed')).destroyReason).toBe('The run is gone. Press Destroy to try again.');
    jest.restoreAllMocks();
    await destroy();
    await ended('destroyed');
  });
});
