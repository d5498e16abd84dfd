import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '../../shared/index.js';
import { ActionRegistry } from '../action-registry.js';
import { builtInActions } from './index.js';

const ROOT = join(import.meta.dirname, '../../..');

describe('the guide for authors of actions', () => {
  const guide = readFileSync(join(ROOT, 'docs/actions.md'), 'utf8');
  const example = readFileSync(join(ROOT, 'src/orchestrator/actions/postgres/schema.action.ts'), 'utf8');
  const quotes = [...guide.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? '');

  it('quotes the action it explains as it is', () => {
    expect(quotes.length).toBeGreaterThan(5);
    for (const quote of quotes) expect(example).toContain(quote);
  });

  describe('its example steps', () => {
    const registry = new ActionRegistry(builtInActions({ postgresUrl: 'postgres://nobody@127.0.0.1:1/none' }));
    const blocks = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '');
    const steps = blocks.flatMap((block) => parse(block) as { name: string; action: string; with: JsonObject }[]);
    const holdsExpression = (input: unknown, path: readonly (string | number)[]): boolean => {
      const value = path.reduce<unknown>((inner, part) => (Object(inner) as Record<string, unknown>)[part], input);
      return typeof value === 'string' && value.includes('${{');
    };

    it.each(steps.map((step) => [step.action, step.name, step.with] as const))('%s: %s', (action, _name, input) => {
      expect(registry.has(action)).toBe(true);
      expect(registry.inputProblems(action, input).filter(({ path }) => !holdsExpression(input, path))).toEqual([]);
    });
  });
});
