import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ENV } from '../../src/config/index.js';
import {
  type Answer,
  ConfirmationDesk,
  EventSource,
  type Question,
  type ReceivedEvent,
} from '../../src/orchestrator/actions/wait/ports.js';
import { waitActions } from '../../src/orchestrator/actions/wait/wait.actions.js';
import type { AnyAction } from '../../src/orchestrator/index.js';
import { EventInbox, EventsController } from '../../src/orchestrator/waits/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { Ids, type Json, RandomIds } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

class ToldDesk extends ConfirmationDesk {
  readonly asked: Question[] = [];
  readonly withdrawn: string[] = [];
  now: Answer = { kind: 'open' };
  async ask(question: Question) {
    this.asked.push(question);
  }
  async answer() {
    return this.now;
  }
  async withdraw(key: string) {
    this.withdrawn.push(key);
  }
}

class ToldEvents extends EventSource {
  readonly all: (ReceivedEvent & { name: string })[] = [];
  async since(name: string, moment: string) {
    return this.all.filter((event) => event.name === name && event.at.getTime() >= Date.parse(moment));
  }
}

const START = Date.parse('2026-11-23T10:00:00Z');

describe('waiting', () => {
  let now: number;
  let atPause: (() => void)[];
  let desk: ToldDesk;
  let events: ToldEvents;
  let actions: AnyAction[];
  const bench = (id: string) => new ActionBench(actions.find((action) => action.id === id)!);

  beforeEach(() => {
    now = START;
    atPause = [];
    desk = new ToldDesk();
    events = new ToldEvents();
    const pause = (milliseconds: number, signal?: AbortSignal) => {
      now += milliseconds;
      atPause.shift()?.();
      return signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve();
    };
    actions = waitActions(desk, events, { pause, now: () => now });
  });

  it('is planned as its examples say; without anybody to ask it is known, and can’t be run', async () => {
    for (const action of [...actions, ...waitActions(null, null)])
      for (const { input, plan } of action.examples) expect((await action.plan(input)).kind).toBe(plan);
    const [, event, confirmation] = waitActions(null, null);
    await expect(new ActionBench(event!).apply({ name: 'a' })).rejects.toThrow(/not taken here/);
    await expect(new ActionBench(confirmation!).apply({ question: 'a', of: { team: 'a' } })).rejects.toThrow(/Nobody/);
  });

  it('for a time ends when the time is over, and a restart in between does not begin it anew', async () => {
    const wait = bench('wait:duration');
    const stop = new AbortController();
    atPause = [
      () => {
        stop.abort();
      },
    ];
    await expect(wait.apply({ seconds: 600 }, 'k', { signal: stop.signal })).rejects.toMatchObject({ retryable: true });
    now = START + 590_000;
    expect((await wait.apply({ seconds: 600 }, 'k')).output.until).toBe('2026-11-23T10:10:00.000Z');
    expect(now).toBe(START + 600_000);
    now = START + 9_000_000;
    await wait.apply({ seconds: 600 }, 'k');
    expect(now).toBe(START + 9_000_000);
  });

  it('for an event takes the first one that suits, also one that came a little earlier', async () => {
    const wait = bench('wait:event');
    const tell = (status: string, at: number) => events.all.push({ name: 'build', body: { status }, at: new Date(at) });
    tell('green', START - 3_600_000);
    tell('red', START - 5_000);
    atPause = [
      () => undefined,
      () => {
        tell('green', now);
      },
    ];
    const made = await wait.apply({ name: 'build', when: "event.body.status == 'green'" });
    expect(made.output).toEqual({ body: { status: 'green' }, at: new Date(START + 2_500).toISOString() });
    await expect(wait.apply({ name: 'never', withinSeconds: 60 }, 'other')).rejects.toMatchObject({ retryable: false });
    expect(wait.problems({ name: 'A b' })).toEqual(['name']);
    expect(wait.problems({ name: 'a', when: 'event.bdoy' })).toEqual(['when']);
    expect(wait.problems({ name: 'a', when: '${{ event.body }}' })).toEqual(['when']);
  });

  it('for a confirmation goes on with a yes, fails with a no or with silence', async () => {
    const wait = bench('wait:confirmation');
    const input = { question: 'Well?', of: { team: 'payments' } };
    atPause = [
      () => {
        desk.now = { kind: 'confirmed', by: 'U0LEA' };
      },
    ];
    expect((await wait.apply(input)).output).toEqual({ confirmedBy: 'U0LEA' });
    expect(desk.asked).toEqual([{ key: 'key-1', text: 'Well?', of: { team: 'payments', leadsOnly: false } }]);
    desk.now = { kind: 'refused', by: 'U0LEA' };
    await expect(wait.apply(input, 'no')).rejects.toThrow(/said no/);
    desk.now = { kind: 'open' };
    await expect(wait.apply({ ...input, withinSeconds: 60 }, 'late')).rejects.toThrow(/in time/);
    expect(desk.withdrawn).toEqual(['late']);
    for (const whom of [{}, { person: 'ada' }, { team: 'A' }, { team: 'a', person: 'U0ADA' }])
      expect(wait.problems({ question: 'x', of: whom })[0]).toMatch(/^of/);
  });
});

describe('the door for events', () => {
  const TOKEN = 'a-token-for-events-of-tests';
  let database: TestDatabase;
  let inbox: EventInbox;
  let app: INestApplication;
  let address: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const redactor = new Redactor();
    redactor.remember('very-secret-value');
    inbox = new EventInbox(database.transactions, redactor, Logger.silent());
  });
  afterAll(() => database.drop());
  afterEach(() => app.close());

  const open = async (eventsToken?: string) => {
    const module = await Test.createTestingModule({
      controllers: [EventsController],
      providers: [
        { provide: EventInbox, useValue: inbox },
        { provide: Ids, useClass: RandomIds },
        { provide: ENV, useValue: { eventsToken } },
      ],
    }).compile();
    app = module.createNestApplication();
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
    address = await app.getUrl();
  };
  const tell = async (name: string, body: Json, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${address}/events/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
      body: JSON.stringify(body),
    });
    return answer.status;
  };

  it('takes an event once for its key, without the secrets in it, and in order', async () => {
    await open(TOKEN);
    const before = new Date(Date.now() - 60_000).toISOString();
    expect(await tell('build', { n: 1, text: 'a very-secret-value' }, { 'idempotency-key': '1' })).toBe(202);
    expect(await tell('build', { n: 1 }, { 'idempotency-key': '1' })).toBe(202);
    expect(await tell('build', { n: 2 })).toBe(202);
    const found = await inbox.since('build', before);
    expect(found.map(({ body }) => body)).toEqual([{ n: 1, text: 'a [redacted]' }, { n: 2 }]);
    expect(await inbox.since('build', new Date(Date.now() + 60_000).toISOString())).toEqual([]);
  });

  it('forgets events after a week', async () => {
    await open(TOKEN);
    await tell('old', { n: 1 });
    await database.transactions.query(
      `update received_events set received_at = now() - interval '8 days' where name = 'old'`,
    );
    await inbox.sweep();
    expect(await inbox.since('old', '2000-01-01T00:00:00Z')).toEqual([]);
  });

  it('is closed without a token, to a wrong one, and for what is no event', async () => {
    await open();
    expect(await tell('build', {})).toBe(404);
    await app.close();
    await open(TOKEN);
    expect(await tell('build', {}, { authorization: 'Bearer wrong' })).toBe(401);
    expect(await tell('build', {}, { authorization: '' })).toBe(401);
    expect(await tell('..%2Fx', {})).toBe(400);
    expect(await tell('A', {})).toBe(400);
    expect(await tell('big', 'x'.repeat(40_000))).not.toBe(202);
  });
});
