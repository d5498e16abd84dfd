import { z } from 'zod';
import { type ActionContext, ActionFailed, defineAction } from './action.js';
import { ActionRegistry, UnknownAction } from './action-registry.js';
import { builtInActions } from './actions/index.js';

const context = { intended: null } as ActionContext & { intended: null };

function action(more: { plan?: () => Promise<never>; seen?: unknown[] } = {}) {
  return defineAction({
    id: 'test:thing',
    title: 'Thing',
    input: z.strictObject({ name: z.string().regex(/^[a-z]+$/), size: z.int().default(3) }),
    output: z.object({ size: z.int(), note: z.string().optional() }),
    state: z.object({ name: z.string() }),
    examples: [],
    plan: more.plan ?? (() => Promise.resolve({ kind: 'create', summary: 'a thing' })),
    apply: ({ name, size }, { intended }) => {
      more.seen?.push(intended);
      return Promise.resolve({ state: { name }, output: { size, note: undefined } });
    },
    read: () => Promise.resolve({ exists: true, detail: '' }),
    destroy: () => Promise.resolve(),
  });
}

describe('an action', () => {
  it('refuses an input that does not fit by naming the field, never its value', async () => {
    const applying = action().apply({ name: 'hunter2 secret' }, context);
    await expect(applying).rejects.toThrow(ActionFailed);
    await expect(applying).rejects.toMatchObject({ retryable: false, publicMessage: expect.stringContaining('name') });
    await expect(applying).rejects.not.toThrow(/hunter2/);
    await expect(action().destroy({ nam: 'x' }, context)).rejects.toThrow(/state of test:thing/);
  });

  it('plans `cannot`, with the sentence, when planning fails for a known reason; anything else is thrown', async () => {
    const away = action({ plan: () => Promise.reject(new ActionFailed('The server is away.', true)) });
    expect(await away.plan({ name: 'a' })).toEqual({ kind: 'cannot', summary: 'The server is away.' });
    expect((await action().plan({ name: 'NOT' })).kind).toBe('cannot');
    const broken = action({ plan: () => Promise.reject(new TypeError('a bug')) });
    await expect(broken.plan({ name: 'a' })).rejects.toThrow('a bug');
  });

  it('gives outputs as they will come back from the database', async () => {
    expect(await action().apply({ name: 'a' }, context)).toEqual({ state: { name: 'a' }, output: { size: 3 } });
  });

  it('hands apply the state that was intended first, and refuses one of another shape', async () => {
    const seen: unknown[] = [];
    await action({ seen }).apply({ name: 'a' }, { ...context, intended: { name: 'first' } });
    expect(seen).toEqual([{ name: 'first' }]);
    await expect(action().apply({ name: 'a' }, { ...context, intended: { other: 1 } })).rejects.toThrow(ActionFailed);
  });

  it('that leaves nothing half made has nothing to intend', async () => {
    expect(await action().intend({ name: 'a' }, context)).toBeNull();
  });
});

describe('the registry of actions', () => {
  it('refuses two actions under one id, and an unknown id with a sentence', () => {
    expect(() => new ActionRegistry([action(), action()])).toThrow('same id');
    expect(() => new ActionRegistry([]).get('test:thing')).toThrow(UnknownAction);
  });

  it('tells the catalog what there is and what does not fit', () => {
    const registry = new ActionRegistry([action()]);
    expect(registry.describe()).toEqual([{ id: 'test:thing', title: 'Thing', outputs: ['size', 'note'] }]);
    expect(registry.inputProblems('test:thing', { name: 'A' })).toEqual([
      { path: ['name'], message: expect.any(String) },
    ]);
    expect(registry.inputProblems('test:thing', { name: 'a' })).toEqual([]);
  });

  it('holds built-in actions whose ids say system and thing, each with an example', () => {
    const actions = builtInActions({ postgresUrl: 'postgres://nobody@127.0.0.1:1/none' });
    expect(actions.length).toBeGreaterThan(8);
    for (const { id, examples, input } of actions) {
      expect(id).toMatch(/^[a-z-]+:[a-z-]+$/);
      expect({ id, examples: examples.length > 0 }).toEqual({ id, examples: true });
      for (const example of examples) expect(input.safeParse(example.input)).toMatchObject({ success: true });
    }
  });

  it('plans `cannot` with a sentence while the server is down, and says that it may work later', async () => {
    const registry = new ActionRegistry(builtInActions({ postgresUrl: 'postgres://nobody@127.0.0.1:1/none' }));
    const role = registry.get('postgres:role');
    expect(await role.plan({ name: 'orders', connectionLimit: 5 })).toEqual({
      kind: 'cannot',
      summary: 'The PostgreSQL server does not answer just now.',
    });
    await expect(role.read({ role: 'a', key: 'k', secretRef: 'kv:a#1' })).rejects.toMatchObject({ retryable: true });
  });

  it.each([
    'a"; drop table users; --',
    "x'; select 1",
    'UPPER',
    'with space',
    'ünïcode',
    'a'.repeat(64),
    '',
    'a\u0000b',
    '$(reboot)',
  ])('refuses the name %j before anything reaches the server', (name) => {
    const registry = new ActionRegistry(builtInActions({ postgresUrl: 'postgres://nobody@127.0.0.1:1/none' }));
    const good = { owner: 'a', connectionLimit: 1, extensions: [], schema: 'a', database: 'a' };
    expect(registry.inputProblems('postgres:role', { name, connectionLimit: 1 })).not.toEqual([]);
    expect(registry.inputProblems('postgres:database', { ...good, name })).not.toEqual([]);
    expect(
      registry.inputProblems('postgres:schema', { database: 'a', owner: 'a', schema: name }).map(({ path }) => path),
    ).toEqual([['schema']]);
    expect(registry.inputProblems('postgres:diagnose', { database: name, what: 'size' })).not.toEqual([]);
  });
});
