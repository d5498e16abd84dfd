import { Delivery } from './delivery.js';
import { deliveryFacts } from './delivery-facts.js';

const facts = deliveryFacts({ type: 'block_actions', trigger_id: '1.2', user: { id: 'U0ADA' } });

describe('a delivery', () => {
  const delivered = (): { delivery: Delivery; answers: unknown[] } => {
    const answers: unknown[] = [];
    if (facts === null) throw new Error('These are facts.');
    const ack = (response?: unknown) => Promise.resolve(void answers.push(response));
    return { delivery: new Delivery(facts, 'trc-00000001', ack, () => undefined), answers };
  };

  it('is acknowledged by the gate when its listener takes its time, and only once', async () => {
    const { delivery, answers } = delivered();
    await delivery.ackLate();
    await delivery.ack({ text: 'late' });
    expect(answers).toEqual([undefined]);
  });

  it('is never acknowledged for a listener that has yet to write down what was done', async () => {
    const { delivery, answers } = delivered();
    delivery.hold();
    await delivery.ackLate();
    expect(answers).toEqual([]);
    await delivery.ack({ response_action: 'clear' });
    expect(answers).toEqual([{ response_action: 'clear' }]);
  });
});
