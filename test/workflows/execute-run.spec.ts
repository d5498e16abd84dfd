import { DBOS } from '@dbos-inc/dbos-sdk';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { Audit } from '../../src/audit/index.js';
import { Expressions, type StepTemplate } from '../../src/catalog/index.js';
import { Metrics } from '../../src/observability/index.js';
import { ExecuteRunWorkflow } from '../../src/orchestrator/execute-run.workflow.js';
import {
  CancelWatch,
  Compensation,
  OutputTalk,
  RunJournal,
  StepEngine,
  VerbRunner,
} from '../../src/orchestrator/execution/index.js';
import { ActionFailed, ActionRegistry, defineAction, type Run, Runs } from '../../src/orchestrator/index.js';
import { RunStore, StepTalkStore } from '../../src/orchestrator/runs/index.js';
import { Changes, Notices, type SubjectRef } from '../../src/platform/changes/index.js';
import { DatabaseUnavailable } from '../../src/platform/database/index.js';
import { Durable, durableLogger } from '../../src/platform/durable/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { Redactor, type SecretStore } from '../../src/secrets/index.js';
import { type JsonObject, RandomIds } from '../../src/shared/index.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';
import { workflowEnded } from '../builders/durable.js';

jest.setTimeout(60_000);

const SECRET = 'correct-horse-battery-staple';
/** What the actions did to the other side, in order. */
const effects: string[] = [];
/** By name of a thing: what its next calls meet. */
const troubles = new Map<string, (() => Promise<void>)[]>();
const trouble = (name: string, ...next: (() => Promise<void>)[]) => troubles.set(name, next);
const fails = (sentence: string, retryable: boolean) => () => Promise.reject(new ActionFailed(sentence, retryable));
const meet = async (what: string) => {
  effects.push(what);
  await troubles.get(what)?.shift()?.();
};

const thing = defineAction({
  id: 'test:thing',
  title: 'Thing',
  input: z.strictObject({ name: z.string(), of: z.json().optional(), hangs: z.boolean().default(false) }),
  output: z.object({ name: z.string(), of: z.json().optional(), nothing: z.literal(0), attempt: z.int() }),
  state: z.object({ name: z.string() }),
  examples: [],
  plan: () => Promise.resolve({ kind: 'create', summary: 'a thing' }),
  intend: ({ name }) => Promise.resolve({ name }),
  async apply({ name, of, hangs }, { attempt, report, signal }) {
    report(`Making ${name} with ${SECRET}`);
    if (hangs)
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('stopped'));
        });
      });
    await meet(`make ${name}`);
    return { state: { name }, output: { name, ...(of !== undefined && { of }), nothing: 0 as const, attempt } };
  },
  read: () => Promise.resolve({ exists: true, detail: '' }),
  destroy: ({ name }) => meet(`undo ${name}`),
});

function step(name: string, more: Partial<StepTemplate> & { input?: JsonObject } = {}): StepTemplate {
  const { input, ...rest } = more;
  return {
    name,
    title: `The ${name}`,
    action: 'test:thing',
    with: { name, ...input },
    timeoutSeconds: 30,
    retry: { attempts: 1, backoffSeconds: 0.1 },
    ...rest,
  };
}

describe('a run', () => {
  let database: TestDatabase;
  let durable: Durable;
  let runs: Runs;
  let audit: Audit;
  const metrics = new Metrics();
  const ids = new RandomIds();
  const lines: JsonObject[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const { transactions } = database;
    const [redactor, changes, expressions] = [new Redactor(), new Changes(), new Expressions()];
    redactor.remember(SECRET);
    const logger = Logger.create({ level: 'info', format: 'json', redact: (value) => value, transports: [] });
    jest
      .spyOn(logger, 'info')
      .mockImplementation((message, fields) => void lines.push({ message, ...(fields as JsonObject) }));
    jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    const [store, talk] = [new RunStore(transactions), new StepTalkStore(transactions)];
    audit = new Audit(transactions, changes, ids, redactor);
    runs = new Runs(store, talk, expressions, ids);
    const registry = new ActionRegistry([thing]);
    const journal = new RunJournal(
      transactions,
      store,
      talk,
      new OutputTalk(talk, new Notices((value) => redactor.value(value))),
      changes,
      audit,
      logger,
    );
    const verbs = new VerbRunner(journal, new CancelWatch(store), {} as SecretStore, redactor, metrics);
    durable = new Durable({
      databaseUrl: database.url,
      executorId: 'runs',
      logger: durableLogger(Logger.silent()),
      drainMilliseconds: 1_000,
    });
    new ExecuteRunWorkflow(
      durable,
      new StepEngine(
        store,
        registry,
        expressions,
        journal,
        verbs,
        { rest: (_runId, work) => work() },
        redactor,
        logger,
      ),
      new Compensation(store, registry, journal, verbs, redactor, logger),
    ).onModuleInit();
    await durable.launch();
  });
  afterAll(async () => {
    await durable.shutdown();
    await database.drop();
  });
  beforeEach(() => {
    effects.length = 0;
    lines.length = 0;
    troubles.clear();
  });

  const subject = (): SubjectRef => ({ kind: 'request', id: ids.next('req') });
  const enqueue = (runId: string) =>
    database.transactions.run((tx) =>
      durable.enqueue(tx, { workflow: 'execute-run', id: `run:${runId}`, args: [runId], queue: 'runs' }),
    );
  const create = (steps: StepTemplate[], scope: JsonObject = {}, onFailure: 'undo' | 'keep' = 'undo') =>
    database.transactions.run((tx) =>
      runs.create(tx, { subject: subject(), kind: 'apply', steps, scope, traceId: 'trc-run', onFailure }),
    );
  const execute = async (
    steps: StepTemplate[],
    scope: JsonObject = {},
    onFailure: 'undo' | 'keep' = 'undo',
  ): Promise<Run> => {
    const runId = await create(steps, scope, onFailure);
    await enqueue(runId);
    await workflowEnded(`run:${runId}`);
    return runs.get(runId);
  };
  const states = (run: Run) => run.steps.map(({ state }) => state);

  it('hands each step what the earlier ones gave, falsy outputs too', async () => {
    const second = step('second', {
      input: { of: { first: '${{ steps.first.output.name }}', zero: '${{ steps.first.output.nothing }}' } },
    });
    const run = await execute([step('first', { input: { of: '${{ params.size }}' } }), second], {
      params: { size: 3 },
    });
    expect(run.state).toBe('succeeded');
    expect(run.steps[0]?.output).toMatchObject({ name: 'first', of: 3 });
    expect(run.steps[1]?.output).toMatchObject({ of: { first: 'first', zero: 0 } });
    expect(effects).toEqual(['make first', 'make second']);
  });

  it('leaves out a step whose condition does not hold', async () => {
    const run = await execute([step('one', { if: '${{ params.wanted }}' }), step('two')], {
      params: { wanted: false },
    });
    expect(states(run)).toEqual(['skipped', 'succeeded']);
    expect(effects).toEqual(['make two']);
  });

  it('tries a step again as often as it may, and remembers why it was needed', async () => {
    trouble('make flaky', fails('Not yet.', true), fails('Still not.', true));
    const run = await execute([step('flaky', { retry: { attempts: 3, backoffSeconds: 0.1 } })]);
    expect(run.state).toBe('succeeded');
    expect(run.steps[0]).toMatchObject({ attempts: 3, failure: { sentence: 'Still not.' } });
    expect(run.steps[0]?.output).toMatchObject({ attempt: 3 });
    expect(await runs.attempts(run.id)).toMatchObject([
      { position: 0, failure: { sentence: 'Not yet.' } },
      { position: 0, failure: { sentence: 'Still not.' } },
      { position: 0, failure: null },
    ]);
  });

  it('gives up when its attempts are used up, and never tries what was refused for good', async () => {
    trouble('make flaky', fails('Not yet.', true), fails('Still not.', true), fails('No.', true));
    const flaky = await execute([step('flaky', { retry: { attempts: 2, backoffSeconds: 0.1 } })]);
    expect(flaky.steps[0]).toMatchObject({ state: 'compensated', attempts: 2, failure: { sentence: 'Still not.' } });
    trouble('make refused', fails('Never.', false));
    const refused = await execute([step('refused', { retry: { attempts: 9, backoffSeconds: 0.1 } })]);
    expect(refused.steps[0]).toMatchObject({ attempts: 1, failure: { sentence: 'Never.' } });
  });

  it('waits for its own supports without using up the attempts of a step', async () => {
    const away = () => Promise.reject(new DatabaseUnavailable('Our database is away.'));
    trouble('make patient', away, away);
    const run = await execute([step('patient')]);
    expect(run.state).toBe('succeeded');
    expect(run.steps[0]).toMatchObject({ attempts: 1 });
  });

  it('ends a step whose time is up, and takes back what it may have left half made', async () => {
    const run = await execute([step('slow', { input: { hangs: true }, timeoutSeconds: 0.05 })]);
    expect(run.state).toBe('failed');
    expect(run.steps[0]).toMatchObject({
      state: 'compensated',
      failure: { code: 'orchestrator.step_timed_out', sentence: 'It took longer than 0.05 seconds.' },
    });
    expect(effects).toEqual(['undo slow']);
  });

  it('takes back what was made in reverse order, the failed step first, and leaves the rest unbegun', async () => {
    trouble('make three', fails('No room.', false));
    const run = await execute([step('one'), step('two'), step('three'), step('four')]);
    expect(run.state).toBe('failed');
    expect(effects).toEqual(['make one', 'make two', 'make three', 'undo three', 'undo two', 'undo one']);
    expect(states(run)).toEqual(['compensated', 'compensated', 'compensated', 'waiting']);
    const trail = await audit.trail(run.subject);
    expect(trail.map(({ type }) => type)).toEqual([
      'run.started',
      ...['step.started', 'step.succeeded', 'step.started', 'step.succeeded', 'step.started', 'step.failed'],
      'run.compensating',
      ...['step.compensated', 'step.compensated', 'step.compensated'],
      'run.failed',
    ]);
    expect(new Set(trail.map(({ traceId }) => traceId))).toEqual(new Set(['trc-run']));
  });

  it('takes the others back although one can’t be, and says which', async () => {
    trouble('make three', fails('No room.', false));
    trouble('undo two', fails('It is in use.', false));
    const run = await execute([step('one'), step('two'), step('three')]);
    expect(states(run)).toEqual(['compensated', 'compensation-failed', 'compensated']);
    expect(effects.slice(3)).toEqual(['undo three', 'undo two', 'undo one']);
    expect((await audit.trail(run.subject)).map(({ type }) => type)).toContain('step.compensation_failed');
  });

  it('tries again to take something back', async () => {
    trouble('make two', fails('No.', false));
    trouble('undo one', fails('Busy.', true));
    const run = await execute([step('one'), step('two')]);
    expect(states(run)).toEqual(['compensated', 'compensated']);
    expect(effects.filter((effect) => effect === 'undo one')).toHaveLength(2);
    expect(run.steps[0]?.attempts).toBe(1);
  });

  it('fails with a sentence, and takes back, when an expression or an input does not work out', async () => {
    const run = await execute([step('one'), step('two', { input: { of: '${{ params.missing.deeper }}' } })], {
      params: {},
    });
    expect(run.steps[1]).toMatchObject({ state: 'failed', failure: { code: 'catalog.expression_failed' } });
    expect(effects).toEqual(['make one', 'undo one']);
    const wrong = await execute([step('one', { input: { name: '${{ 1 + 1 }}' } })]);
    expect(wrong.steps[0]?.failure?.sentence).toMatch(/input of test:thing does not fit \(name: /);
  });

  it('is executed once however often it is asked for, and repeats nothing when asked again afterwards', async () => {
    const runId = await create([step('one'), step('two')]);
    await Promise.all([enqueue(runId), enqueue(runId)]);
    await workflowEnded(`run:${runId}`);
    await database.transactions.run((tx) =>
      durable.enqueue(tx, { workflow: 'execute-run', id: `again:${runId}`, args: [runId], queue: 'runs' }),
    );
    expect(await workflowEnded(`again:${runId}`)).toBe('succeeded');
    expect(effects).toEqual(['make one', 'make two']);
    expect((await runs.get(runId)).state).toBe('succeeded');
  });

  it('begins no further step once it is cancelled, and says nothing was finished', async () => {
    const runId = await create([step('one'), step('two')]);
    let inside: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (inside = resolve));
    let goOn: () => void = () => undefined;
    trouble('make one', () => {
      inside();
      return new Promise((resolve) => (goOn = resolve));
    });
    await enqueue(runId);
    await reached;
    await DBOS.cancelWorkflow(`run:${runId}`);
    goOn();
    await expect(workflowEnded(`run:${runId}`)).rejects.toThrow();
    expect(effects).toEqual(['make one']);
    const { steps } = await runs.get(runId);
    expect(steps[1]?.state).toBe('waiting');
  });

  it('can be taken back by another run, in reverse order, from the states it left', async () => {
    const made = await execute([step('one'), step('left out', { if: '${{ false }}' }), step('two')]);
    effects.length = 0;
    trouble('undo one', fails('Busy.', true));
    const take = async (of: string) => {
      const runId = await database.transactions.run((tx) =>
        runs.createReverse(tx, { of, kind: 'destroy', subject: subject(), traceId: 'trc-undo' }),
      );
      await enqueue(runId);
      await workflowEnded(`run:${runId}`);
      return runs.get(runId);
    };
    const failed = await take(made.id);
    expect(failed).toMatchObject({ state: 'failed', steps: [{ state: 'succeeded' }, { state: 'failed' }] });
    const second = await take(made.id);
    expect(second.state).toBe('succeeded');
    expect(effects).toEqual(['undo two', 'undo one', 'undo two', 'undo one']);
  });

  it('shows progress on the step without what is secret, logs each move, and counts what ended', async () => {
    const before = await value('qm_steps_total', { action: 'test:thing', verb: 'apply', outcome: 'succeeded' });
    const run = await execute([step('one')]);
    expect(run.steps[0]?.progress).toContain('Making one with');
    expect(run.steps[0]?.progress).not.toContain(SECRET);
    expect(lines.map(({ message }) => message)).toEqual([
      'run.started',
      'step.started',
      'step.succeeded',
      'run.succeeded',
    ]);
    expect(lines[1]).toMatchObject({ runId: run.id, step: 'one', action: 'test:thing' });
    expect(await value('qm_steps_total', { action: 'test:thing', verb: 'apply', outcome: 'succeeded' })).toBe(
      before + 1,
    );
  });

  async function value(name: string, labels: Record<string, string>): Promise<number> {
    const metric = await metrics.registry.getSingleMetric(name)!.get();
    const found = metric.values.find((entry) =>
      Object.entries(labels).every(([label, wanted]) => (entry.labels as Record<string, unknown>)[label] === wanted),
    );
    return found?.value ?? 0;
  }

  it('makes the steps of a group at the same time, and goes on when all of them are done', async () => {
    let reached!: () => void;
    const bothAreAtWork = new Promise<void>((resolve) => (reached = resolve));
    let atWork = 0;
    const meetTheOther = async () => {
      atWork += 1;
      if (atWork === 2) reached();
      await bothAreAtWork;
    };
    trouble('make left', meetTheOther);
    trouble('make right', meetTheOther);
    const run = await execute([
      step('left', { group: 'sides' }),
      step('right', { group: 'sides' }),
      step('after', { input: { of: '${{ [steps.left.output.name, steps.right.output.name] }}' } }),
    ]);
    expect(run.state).toBe('succeeded');
    expect(effects.at(-1)).toBe('make after');
    expect(run.steps[2]?.output).toMatchObject({ of: ['left', 'right'] });
  });

  it('takes back what the others of a group made when one of them fails', async () => {
    trouble('make right', fails('No.', false));
    const run = await execute([step('left', { group: 'sides' }), step('right', { group: 'sides' }), step('after')]);
    expect(run.state).toBe('failed');
    expect(states(run)).toEqual(['compensated', 'compensated', 'waiting']);
    expect(effects).toContain('undo left');
    expect(effects).not.toContain('make after');
  });

  it('runs a loop once for each element, whose outputs are a list', async () => {
    const run = await execute(
      [
        step('part', {
          forEach: '${{ params.names }}',
          title: 'Part ${{ item }}',
          input: { name: '${{ item }}', of: '${{ index }}' },
        }),
        step('sum', { input: { of: '${{ steps.part.output.map(one, one.name) }}' } }),
      ],
      { params: { names: ['a', 'b', 'c'] } },
    );
    expect(run.steps.map(({ title }) => title)).toEqual(['Part a', 'Part b', 'Part c', 'The sum']);
    expect(effects).toEqual(['make a', 'make b', 'make c', 'make sum']);
    expect(run.steps[3]?.output).toMatchObject({ of: ['a', 'b', 'c'] });
    expect(await execute([step('none', { forEach: '${{ params.names }}' })], { params: { names: [] } })).toMatchObject({
      state: 'succeeded',
      steps: [],
    });
  });

  it('judges what a step gave, tries again, and takes it back when it stays wrong', async () => {
    const wanted = [{ that: '${{ steps.one.output.attempt >= 2 }}', otherwise: 'It is not healthy.' }];
    const retry = { attempts: 3, backoffSeconds: 0.1 };
    const healthy = await execute([step('one', { expect: wanted, retry })]);
    expect(healthy).toMatchObject({ state: 'succeeded', steps: [{ attempts: 2 }] });
    const sick = await execute([step('one', { expect: wanted })]);
    expect(sick).toMatchObject({ state: 'failed', steps: [{ failure: { sentence: 'It is not healthy.' } }] });
    expect(effects.at(-1)).toBe('undo one');
  });

  it('keeps what was made for inspection, and goes on where it failed under the same keys', async () => {
    trouble('make two', fails('Full.', false));
    const failed = await execute(
      [step('check', { phase: 'pre-check' }), step('one'), step('two'), step('three')],
      {},
      'keep',
    );
    expect(failed.state).toBe('failed');
    expect(states(failed)).toEqual(['succeeded', 'succeeded', 'failed', 'waiting']);
    expect(effects).toEqual(['make check', 'make one', 'make two']);
    const runId = await database.transactions.run((tx) => runs.createContinuation(tx, { of: failed.id, traceId: 't' }));
    await enqueue(runId);
    await workflowEnded(`run:${runId}`);
    const run = await runs.get(runId);
    expect(run).toMatchObject({ state: 'succeeded', continuesRunId: failed.id });
    expect(effects).toEqual(['make check', 'make one', 'make two', 'make check', 'make two', 'make three']);
    expect(run.steps[2]?.idempotencyKey).toBe(failed.steps[2]?.idempotencyKey);
    expect((await runs.get(failed.id)).steps[2]).toMatchObject({ state: 'failed', failure: { sentence: 'Full.' } });
  });

  it('stops at once when it is cancelled, and takes back what was made, also what was to be kept', async () => {
    const runId = await create([step('one'), step('two', { input: { hangs: true } }), step('three')], {}, 'keep');
    await enqueue(runId);
    await untilStep(runId, 1, 'running');
    expect(await database.transactions.run((tx) => runs.cancel(tx, runId, 'U0ADA'))).toBe(true);
    expect(await database.transactions.run((tx) => runs.cancel(tx, runId, 'U0BEN'))).toBe(false);
    await workflowEnded(`run:${runId}`);
    const run = await runs.get(runId);
    expect(run).toMatchObject({ state: 'cancelled', cancelledBy: 'U0ADA' });
    expect(states(run)).toEqual(['compensated', 'compensated', 'waiting']);
    expect(effects).toEqual(['make one', 'undo two', 'undo one']);
  });

  it('counts a cancellation at the last moment: what was made is taken back', async () => {
    const runId = await create([step('only')]);
    trouble('make only', async () => {
      await database.transactions.run((tx) => runs.cancel(tx, runId, 'U0ADA'));
    });
    await enqueue(runId);
    await workflowEnded(`run:${runId}`);
    expect(await runs.get(runId)).toMatchObject({ state: 'cancelled', steps: [{ state: 'compensated' }] });
  });

  it('keeps what its steps said, redacted, and knows how long a step usually takes', async () => {
    const run = await execute([step('talker')]);
    expect(await runs.output(run.id)).toMatchObject([{ position: 0, line: expect.not.stringContaining(SECRET) }]);
    const again = await runs.get(await create([step('talker')]));
    expect(again.steps[0]?.expectedSeconds).toEqual(expect.any(Number));
  });

  const untilStep = async (runId: string, position: number, state: string): Promise<void> => {
    while ((await runs.get(runId)).steps[position]?.state !== state) await new Promise((wake) => setTimeout(wake, 20));
  };
});
