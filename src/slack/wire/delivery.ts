import type { Context, ReceiverEvent } from '@slack/bolt';
import type { DeliveryFacts } from './delivery-facts.js';

/** One delivery from Slack on its way through the bot. */
export class Delivery {
  acknowledged = false;
  /** Set while the gate must not acknowledge in place of the listener. */
  private held = false;

  constructor(
    readonly facts: DeliveryFacts,
    readonly traceId: string,
    private readonly acknowledge: ReceiverEvent['ack'],
    private readonly onAcknowledged: () => void,
  ) {}

  /** What is done is not written down yet: until it is, nobody may acknowledge it, however long that takes. */
  hold(): void {
    this.held = true;
  }

  letGo(): void {
    this.held = false;
  }

  /** The gate's own acknowledgement, when a listener takes its time. */
  async ackLate(): Promise<void> {
    if (!this.held) await this.ack();
  }

  /** Acknowledges once; later calls do nothing. */
  async ack(response?: unknown): Promise<void> {
    if (this.acknowledged) return;
    this.acknowledged = true;
    this.onAcknowledged();
    await this.acknowledge(response);
  }
}

const KEY = 'qmDelivery';

/** For Bolt's context, from which a listener gets it back with {@link deliveryOf}. */
export function withDelivery(event: ReceiverEvent, delivery: Delivery): ReceiverEvent {
  return {
    ...event,
    ack: (response?: unknown) => delivery.ack(response),
    customProperties: { ...event.customProperties, [KEY]: delivery },
  };
}

export function deliveryOf(context: Context): Delivery {
  const delivery: unknown = context[KEY];
  if (!(delivery instanceof Delivery)) throw new Error('A listener ran outside of the delivery gate.');
  return delivery;
}
