import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

describe('the guide for authors of actions', () => {
  const guide = readFileSync(join(ROOT, 'docs/actions.md'), 'utf8');
  const example = readFileSync(join(ROOT, 'src/orchestrator/actions/postgres/schema.action.ts'), 'utf8');
  const quotes = [...guide.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? '');

  it('quotes the action it explains as it is', () => {
    expect(quotes.length).toBeGreaterThan(5);
    for (const quote of quotes) expect(example).toContain(quote);
  });
});
