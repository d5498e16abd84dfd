import { Audit } from '../../src/audit/index.js';
import type { StepTemplate } from '../../src/catalog/index.js';
import { Confirmations, type Run, Runs } from '../../src/orchestrator/index.js';
import { Durable } from '../../src/platform/durable/index.js';
import { RandomIds } from '../../src/shared/index.js';
import { Core } from '../builders/core.js';

describe('a step that waits for a person', () => {
  let core: Core;

  beforeAll(async () => {
    core = await Core.start();
  });
  afterAll(() => core.stop());

  /** A run that asks Payments, and then goes on. */
  const asking = async (of: Record<string, string | boolean>, withinSeconds = 600) => {
    const step = (name: string, action: string, input: StepTemplate['with']): StepTemplate => {
      const retry = { attempts: 1, backoffSeconds: 0 };
      return { name, title: name, action, with: input, timeoutSeconds: 600, retry };
    };
    const subject = { kind: 'request' as const, id: new RandomIds().next('req') };
    const steps = [
      step('ask', 'wait:confirmation', { question: 'Does it look <!channel> well?', of, withinSeconds }),
      step('after', 'demo:fail', { when: false, message: 'no' }),
    ];
    const runId = await core.database.transactions.run(async (tx) => {
      const id = await core.get(Runs).create(tx, { subject, kind: 'apply', steps, scope: {}, traceId: 'trc-1' });
      await core.get(Durable).enqueue(tx, { workflow: 'execute-run', id: `run:${id}`, args: [id], queue: 'runs' });
      return id;
    });
    return { runId, subject };
  };
  const question = (runId: string) =>
    core.until(
      async () =>
        (
          await core.database.transactions.query<{ id: string; state: string; answered_by: string | null }>(
            'select id, state, answered_by from confirmations where run_id = $1',
            [runId],
          )
        )[0],
      (row) => row !== undefined,
    );
  const ended = (runId: string): Promise<Run> =>
    core.until(
      () => core.get(Runs).get(runId),
      ({ state }) => state === 'succeeded' || state === 'failed',
      2_000,
    );

  it('asks once, goes on with the first yes of somebody who was asked, and leaves a trail', async () => {
    const { runId, subject } = await asking({ team: 'payments' });
    const { id } = (await question(runId))!;
    const desk = core.get(Confirmations);
    await expect(desk.give(id, 'U0SAM', true)).rejects.toThrow(/somebody else to answer/);
    await expect(desk.give('cfm-00000000', 'U0ADA', true)).rejects.toThrow(/not known/);
    await desk.give(id, 'U0ADA', true);
    await desk.give(id, 'U0ADA', true);
    await expect(desk.give(id, 'U0LEA', false)).rejects.toThrow(/confirmed it already/);
    const run = await ended(runId);
    expect(run.state).toBe('succeeded');
    expect(run.steps[0]?.output).toEqual({ confirmedBy: 'U0ADA' });
    const notices = await core.database.transactions.query<{ recipient: object; data: object }>(
      `select recipient, data from notices where template = 'confirmation-wanted' and data ->> 'confirmationId' = $1`,
      [id],
    );
    expect(notices).toEqual([
      {
        recipient: { kind: 'channel', channel: 'team-payments' },
        data: { confirmationId: id, subjectId: subject.id, question: 'Does it look <!channel> well?' },
      },
    ]);
    const trail = (await core.get(Audit).trail(subject)).map(({ type }) => type);
    expect(trail.filter((type) => type.startsWith('confirmation'))).toEqual([
      'confirmation.asked',
      'confirmation.confirmed',
    ]);
  });

  it('of ten answers at once, one counts', async () => {
    const { runId } = await asking({ team: 'payments' });
    const { id } = (await question(runId))!;
    const desk = core.get(Confirmations);
    const people = ['U0ADA', 'U0LEA'];
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => desk.give(id, people[index % 2]!, index % 2 === 0)),
    );
    const { state, answered_by: by } = (await question(runId))!;
    expect(by).toBe(state === 'confirmed' ? 'U0ADA' : 'U0LEA');
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect((await ended(runId)).state).toBe(state === 'confirmed' ? 'succeeded' : 'failed');
  });

  it('fails with a no, in words that name who said it', async () => {
    const { runId } = await asking({ person: 'U0LEA' });
    const { id } = (await question(runId))!;
    await expect(core.get(Confirmations).give(id, 'U0ADA', true)).rejects.toThrow(/somebody else/);
    await core.get(Confirmations).give(id, 'U0LEA', false);
    const run = await ended(runId);
    expect(run.steps[0]?.failure?.sentence).toBe('It was not confirmed: <@U0LEA> said no.');
  });

  it('is withdrawn when nobody answers in time; then it is too late', async () => {
    const { runId } = await asking({ team: 'payments', leadsOnly: true }, 1);
    expect((await ended(runId)).state).toBe('failed');
    const { id, state } = (await question(runId))!;
    expect(state).toBe('withdrawn');
    await expect(core.get(Confirmations).give(id, 'U0LEA', true)).rejects.toThrow(/Nobody is waiting/);
  });

  it('fails with a sentence when there is no such team', async () => {
    const { runId } = await asking({ team: 'nobody' });
    expect((await ended(runId)).steps[0]?.failure?.sentence).toBe('There is no team nobody to ask.');
  });
});
