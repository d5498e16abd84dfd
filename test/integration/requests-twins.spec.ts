import { AlreadyThere, PreviewRequest, RequestControl, SubmitRequest } from '../../src/requests/index.js';
import { RequestWorld, unique } from '../builders/request-world.js';

describe('the same thing twice', () => {
  let world: RequestWorld;
  beforeAll(async () => {
    world = await RequestWorld.open();
  });
  afterAll(async () => {
    await (world as RequestWorld | undefined)?.close();
  });

  const wish = (name: string, more: object = {}) =>
    world.wish('ada', 'development', { itemName: 'postgres-database', parameters: { name }, ...more });
  const submit = async (name: string, more: object = {}) => world.get(SubmitRequest).submit(await wish(name, more));

  it('is refused with where it is, on the plan and when it is sent', async () => {
    const request = await submit('orders');
    const again = await wish('orders');
    await expect(world.get(PreviewRequest).preview(again)).rejects.toThrow(
      `orders (development) of Payments is asked for already: ${request.resourceId}`,
    );
    await expect(submit('orders')).rejects.toThrow(AlreadyThere);
  });

  it('is one, however many ask for it at the same moment', async () => {
    const asked = await Promise.allSettled(
      Array.from({ length: 20 }, () => submit('rush', { idempotencyKey: unique() })),
    );
    const made = asked.filter(({ status }) => status === 'fulfilled');
    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(made).toHaveLength(1);
    expect(refused.filter((error) => !(error instanceof AlreadyThere))).toEqual([]);
    const rows = await world.query(`select 1 from resources where identity like '%/rush'`);
    expect(rows).toHaveLength(1);
  });

  it('is fine in another environment, and once the first is gone', async () => {
    const first = await submit('twice');
    await world
      .get(SubmitRequest)
      .submit(await world.wish('ada', 'staging', { itemName: 'postgres-database', parameters: { name: 'twice' } }));
    await world.get(RequestControl).cancel({ id: first.id, person: await world.person('ada') });
    expect((await submit('twice')).resourceId).not.toBe(first.resourceId);
  });
});
