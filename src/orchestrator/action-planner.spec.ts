import { z } from 'zod';
import { type CatalogItem, Expressions, type StepTemplate } from '../catalog/index.js';
import { Redactor } from '../secrets/index.js';
import type { JsonObject } from '../shared/index.js';
import { ActionFailed, defineAction } from './action.js';
import { ActionPlanner } from './action-planner.js';
import { ActionRegistry } from './action-registry.js';
import { NoSecrets } from './no-secrets.js';

const asked: unknown[] = [];
const make = defineAction({
  id: 'test:make',
  title: 'Make',
  input: z.strictObject({ name: z.string(), note: z.string().optional() }),
  output: z.object({ name: z.string() }),
  state: z.object({}),
  examples: [],
  plan: (input) => {
    asked.push(input);
    if (input.name === 'taken') return Promise.reject(new ActionFailed('It is taken.', false));
    return Promise.resolve({ kind: 'create', summary: `Makes ${input.name}`, details: [`named ${input.name}`] });
  },
  apply: ({ name }) => Promise.resolve({ state: {}, output: { name } }),
  read: () => Promise.resolve({ exists: true, detail: '' }),
  destroy: () => Promise.resolve(),
});

function step(name: string, input: JsonObject, condition?: string): StepTemplate {
  const retry = { attempts: 1, backoffSeconds: 1 };
  return {
    name,
    title: name,
    action: 'test:make',
    with: input,
    timeoutSeconds: 10,
    retry,
    ...(condition !== undefined && { if: condition }),
  };
}

function plan(...steps: StepTemplate[]) {
  const planner = new ActionPlanner(new ActionRegistry([make]), new Expressions(), new Redactor(), new NoSecrets());
  const scope = { params: { name: 'orders', loud: false }, request: {}, resource: { id: 'res-1' } };
  return planner.plan({ steps } as unknown as CatalogItem, scope);
}

describe('the plan of a request', () => {
  beforeEach(() => {
    asked.length = 0;
  });

  it('asks each action with its inputs worked out', async () => {
    expect(await plan(step('one', { name: '${{ params.name }}' }))).toEqual([
      { step: 'one', title: 'one', kind: 'create', summary: 'Makes orders', details: ['named orders'] },
    ]);
  });

  it.each([{ name: '${{ steps.one.output.name }}' }, { name: "${{ steps['one'].output.name + '_x' }}" }])(
    'never invents what an earlier step will give: %j',
    async (input) => {
      const [, second] = await plan(step('one', { name: 'a' }), step('two', input));
      expect(second).toMatchObject({ kind: 'unknown', summary: 'Known when an earlier step has run' });
      expect(asked).toEqual([{ name: 'a' }]);
    },
  );

  it('takes the word steps in plain text for what it is', async () => {
    const [only] = await plan(step('one', { name: 'a', note: 'These steps. And those: ${{ params.name }}' }));
    expect(only?.kind).toBe('create');
  });

  it('leaves out a step whose condition does not hold, and asks nobody', async () => {
    const [only] = await plan(step('one', { name: 'a' }, '${{ params.loud }}'));
    expect(only).toMatchObject({ kind: 'none', summary: 'Left out with these parameters' });
    expect(asked).toEqual([]);
  });

  it('shows the action’s own sentence for what can’t be done, and goes on with the others', async () => {
    const changes = await plan(step('one', { name: 'taken' }), step('two', { name: 'free' }), step('three', {}));
    expect(changes.map(({ kind }) => kind)).toEqual(['cannot', 'create', 'cannot']);
    expect(changes[0]?.summary).toBe('It is taken.');
  });
});
