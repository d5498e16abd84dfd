import { Injectable } from '@nestjs/common';
import type { ReceiverEvent } from '@slack/bolt';
import { Audit } from '../../audit/index.js';
import { Metrics } from '../../observability/index.js';
import { Transactions } from '../../platform/database/index.js';
import { Logger, withTrace } from '../../platform/logging/index.js';
import { AppError, Ids } from '../../shared/index.js';
import { Workspace } from '../web/workspace.js';
import { Deliveries } from './deliveries.js';
import { Delivery, withDelivery } from './delivery.js';
import { type DeliveryFacts, deliveryFacts } from './delivery-facts.js';
import { InFlight } from './in-flight.js';
import { Replies } from './replies.js';

/** Slack gives up after three seconds; by then it has heard from us. */
const ACKNOWLEDGE_AT_LAST_MILLISECONDS = 2_000;

export class MalformedDelivery extends AppError {
  readonly code = 'slack.malformed_delivery';
}

export class ForeignWorkspace extends AppError {
  readonly code = 'slack.foreign_workspace';
}

/** Every delivery passes here before Bolt sees it: right workspace, no bot, not taken before, traced, measured, tracked. */
@Injectable()
export class DeliveryGate {
  private readonly inFlight = new InFlight();

  constructor(
    private readonly workspace: Workspace,
    private readonly deliveries: Deliveries,
    private readonly replies: Replies,
    private readonly audit: Audit,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  /**
   * @param listen Bolt's own processing
   * @throws MalformedDelivery, ForeignWorkspace, and whatever keeps an event from being written down: Slack then sends it again
   */
  async pass(event: ReceiverEvent, listen: (event: ReceiverEvent) => Promise<void>): Promise<void> {
    const stop = this.metrics.slackAckSeconds.startTimer();
    const facts = deliveryFacts(event.body);
    if (facts === null) throw new MalformedDelivery('This does not look like anything Slack sends.');
    const traceId = this.ids.next('trc');
    const delivery = new Delivery(facts, traceId, event.ack, () => stop({ kind: facts.kind }));
    await withTrace(traceId, () => this.inFlight.track(this.take(delivery, event, listen)));
  }

  /** Resolves when no listener is at work any more. */
  drained(): Promise<void> {
    return this.inFlight.drained();
  }

  private async take(
    delivery: Delivery,
    event: ReceiverEvent,
    listen: (event: ReceiverEvent) => Promise<void>,
  ): Promise<void> {
    const { facts } = delivery;
    const late = setTimeout(() => void delivery.ackLate().catch(() => undefined), ACKNOWLEDGE_AT_LAST_MILLISECONDS);
    try {
      if (!(await this.isWelcome(delivery))) return;
      await listen(withDelivery(event, delivery));
      await delivery.ack();
    } catch (error) {
      if (error instanceof ForeignWorkspace || (facts.isEvent && !delivery.acknowledged)) throw error;
      await this.replies.explain(delivery, unwrapped(error));
    } finally {
      clearTimeout(late);
    }
  }

  private async isWelcome(delivery: Delivery): Promise<boolean> {
    const { facts, traceId } = delivery;
    const { teamId, botUserId } = await this.workspace.facts();
    if (facts.teamId !== undefined && facts.teamId !== teamId) {
      await this.recordForeign(facts, traceId);
      throw new ForeignWorkspace('This bot serves another workspace. Nothing was done.');
    }
    const dropped =
      facts.byBot || facts.userId === botUserId ? 'by a bot' : (await this.claim(delivery)) ? null : 'taken before';
    if (dropped === null) return true;
    this.logger.debug('A delivery was left alone', { kind: facts.kind, because: dropped });
    await delivery.ack();
    return false;
  }

  /** Not acknowledged before it is written down, however long the database takes. */
  private async claim(delivery: Delivery): Promise<boolean> {
    delivery.hold();
    const isFirst = await this.deliveries.claim(delivery.facts, delivery.traceId);
    delivery.letGo();
    return isFirst;
  }

  private async recordForeign(facts: DeliveryFacts, traceId: string): Promise<void> {
    await this.transactions.run((tx) =>
      this.audit.append(tx, {
        type: 'slack.foreign_delivery_refused',
        actor: { kind: 'person', id: facts.userId ?? 'unknown' },
        subject: { kind: 'person', id: facts.userId ?? 'unknown' },
        traceId,
        summary: `refused a ${facts.kind} from another workspace`,
        data: { team: facts.teamId ?? null },
      }),
    );
  }
}

/** Bolt wraps what listeners throw. */
function unwrapped(error: unknown): unknown {
  if (error instanceof AppError || typeof error !== 'object' || error === null) return error;
  if ('original' in error && error.original instanceof Error) return unwrapped(error.original);
  if ('originals' in error && Array.isArray(error.originals)) return unwrapped(error.originals[0]);
  return error;
}
