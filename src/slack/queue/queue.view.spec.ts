import {
  complaintsAboutMessage,
  complaintsAboutView,
  mrkdwnOf,
  silentButtons,
} from '../../../test/builders/block-kit-limits.js';
import { HOSTILE, LONG, requestOf } from '../../../test/builders/slack-states.js';
import type { CatalogItem } from '../../catalog/index.js';
import type { QuotaLine } from '../../quotas/index.js';
import type { Plan, QueuedRequest, QueuedState, QueuePlace } from '../../requests/index.js';
import { planModal } from '../request/request-plan.view.js';
import { placeBlocks, queuedModal } from './queue.view.js';

const teamTitle = (team: string): string => `Team ${team}`;

const NOON = new Date('2026-11-23T12:00:00Z');
const line = (change: Partial<QuotaLine> = {}): QuotaLine => ({
  unit: 'databases',
  title: 'databases',
  wants: 1,
  limit: 3,
  held: 3,
  queued: 0,
  exceeded: true,
  holders: [
    { id: 'res-00000001', title: 'orders (development)', ownerId: 'U0ADA', amount: 1 },
    { id: 'res-00000002', title: 'billing (development)', ownerId: 'U0BEN', amount: 2 },
  ],
  ...change,
});
const refused = (quota: readonly QuotaLine[], rule = 'quota:databases'): Plan => ({
  ...requestOf().plan,
  quota,
  decision: { outcome: 'deny', reasons: [{ rule, outcome: 'deny', message: 'There is not enough left.' }] },
});
const place = (change: Partial<QueuedRequest> = {}, ahead = 1): QueuePlace => ({
  ahead,
  queued: {
    id: 'que-00000001',
    idempotencyKey: 'drf-00000001',
    state: 'waiting',
    personId: 'U0ADA',
    teamId: 'payments',
    environment: 'development',
    itemName: 'postgres-database',
    title: 'PostgreSQL database',
    content: {
      itemName: 'postgres-database',
      teamId: 'payments',
      environment: 'development',
      parameters: {},
      reason: '',
      leaseHours: 1,
      originChannelId: null,
    },
    planDigest: null,
    wants: { databases: 1, connections: 5 },
    requestId: null,
    outcome: null,
    traceId: 'trc-00000001',
    createdAt: NOON,
    expiresAt: new Date('2026-11-30T12:00:00Z'),
    ...change,
  },
});
const item = { title: 'PostgreSQL database', parameters: { type: 'object', properties: {} } } as unknown as CatalogItem;
const modal = (plan: Plan, personId?: string) =>
  planModal({ item, plan }, 'drf-00000001', { ...(personId !== undefined && { personId }) });

describe('a plan that is refused for want of quota', () => {
  it('names who holds what, offers to release one’s own, and to queue', () => {
    const view = modal(refused([line()]), 'U0ADA');
    expect(complaintsAboutView(view)).toEqual([]);
    expect(silentButtons(view.blocks as never)).toEqual([]);
    expect(view.submit).toBeUndefined();
    expect(view).toMatchSnapshot();
  });

  it('offers nobody else’s to be released, and no queue when waiting would not help', () => {
    expect(JSON.stringify(modal(refused([line()]), 'U0LEA'))).not.toContain('quota_release');
    expect(JSON.stringify(modal(refused([line({ wants: 4 })]), 'U0ADA'))).not.toContain('queue_join');
    expect(JSON.stringify(modal(refused([line()], 'only-members'), 'U0ADA'))).not.toContain('queue_join');
    expect(JSON.stringify(modal(requestOf().plan, 'U0ADA'))).not.toContain('What you can do');
  });

  it('fits, and is harmless, however many hold something and whatever it is called', () => {
    const holders = Array.from({ length: 10 }, (_, n) => ({
      id: `res-${n}`,
      title: n % 2 === 0 ? HOSTILE : LONG,
      ownerId: 'U0ADA',
      amount: 1,
    }));
    const lines = ['a', 'b', 'c'].map((unit) =>
      line({ unit, title: HOSTILE, holders: holders.map((one) => ({ ...one, id: `${one.id}${unit}` })) }),
    );
    const view = modal(refused(lines), 'U0ADA');
    expect(complaintsAboutView(view)).toEqual([]);
    expect(mrkdwnOf({ text: '', blocks: view.blocks })).not.toContain('<!channel>');
  });
});

describe('a place in the queue', () => {
  it.each<[QueuedState, Partial<QueuedRequest>]>([
    ['waiting', {}],
    ['opening', { state: 'opening' }],
    ['opened', { state: 'opened', requestId: 'req-00000001' }],
    ['cancelled', { state: 'cancelled' }],
    ['expired', { state: 'expired', outcome: 'Nothing was returned in a week.' }],
    ['refused', { state: 'refused', outcome: HOSTILE }],
  ])('%s', (_state, change) => {
    const blocks = placeBlocks([place(change)], teamTitle);
    expect(complaintsAboutMessage({ text: 'x', blocks })).toEqual([]);
    expect(JSON.stringify(blocks).includes('queue_leave')).toBe(change.state === undefined);
    expect(mrkdwnOf({ text: '', blocks })).not.toContain('<!channel>');
    expect(blocks).toMatchSnapshot();
  });

  it('is shown in place of the plan', () => {
    expect(complaintsAboutView(queuedModal(place(), '/qm', teamTitle))).toEqual([]);
    expect(JSON.stringify(queuedModal(place(), '/qm', teamTitle))).toContain('Number 2 in the queue');
  });
});
