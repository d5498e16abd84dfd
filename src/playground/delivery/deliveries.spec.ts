import { Deliveries } from './deliveries.js';
import { DeliveryFailed, type Retry, type Transport } from './door.js';

/** Fails as often as told, then takes everything. */
class FlakyTransport implements Transport {
  readonly attempts: { eventId: unknown; retry: Retry | null }[] = [];
  constructor(private failures: DeliveryFailed[]) {}

  interact(): Promise<{ kind: 'empty' }> {
    return Promise.resolve({ kind: 'empty' });
  }

  event(envelope: Record<string, unknown>, retry: Retry | null): Promise<void> {
    this.attempts.push({ eventId: envelope.event_id, retry });
    const failure = this.failures.shift();
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  }
}

const failed = (reason: 'http_error' | 'http_timeout', final = false) => new DeliveryFailed(reason, 'no', final);

describe('an event', () => {
  it('is delivered again under its own id, with the reason of the failure before', async () => {
    const transport = new FlakyTransport([failed('http_error'), failed('http_timeout')]);
    const deliveries = new Deliveries(transport, [0, 0, 0], () => 0);
    deliveries.emit({ type: 'message' });
    await deliveries.settled();
    expect(transport.attempts.map(({ retry }) => retry)).toEqual([
      null,
      { number: 1, reason: 'http_error' },
      { number: 2, reason: 'http_timeout' },
    ]);
    expect(new Set(transport.attempts.map(({ eventId }) => eventId)).size).toBe(1);
  });

  it('is given up when the delays are used up, or the app wants no more', async () => {
    const stubborn = new FlakyTransport(Array.from({ length: 9 }, () => failed('http_error')));
    const deliveries = new Deliveries(stubborn, [0, 0, 0], () => 0);
    deliveries.emit({ type: 'message' });
    await deliveries.settled();
    expect(stubborn.attempts).toHaveLength(4);
    const final = new FlakyTransport([failed('http_error', true)]);
    const others = new Deliveries(final, [0, 0, 0], () => 0);
    others.emit({ type: 'message' });
    await others.settled();
    expect(final.attempts).toHaveLength(1);
  });

  it('is not waited for once the playground stops', async () => {
    const transport = new FlakyTransport([failed('http_error')]);
    const deliveries = new Deliveries(transport, [3_600_000], () => 0);
    deliveries.emit({ type: 'message' });
    deliveries.stop();
    await deliveries.settled();
    expect(transport.attempts).toHaveLength(1);
  });

  it('can be delivered again on wish, as the last of its type', () => {
    const transport = new FlakyTransport([]);
    const deliveries = new Deliveries(transport, [], () => 0);
    expect(deliveries.redeliver('message')).toBe(false);
    deliveries.emit({ type: 'message' });
    expect(deliveries.redeliver('message')).toBe(true);
    const [first, again] = transport.attempts;
    expect(again).toEqual({ eventId: first?.eventId, retry: { number: 1, reason: 'http_timeout' } });
  });
});
