import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownActions } from '../../test/fakes/known-actions.js';
import { lintAll } from './lint-all.js';

let folder: string;
const folders = () => ({ catalogDir: join(folder, 'catalog'), runbooksDir: join(folder, 'runbooks') });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lint-'));
  for (const part of ['catalog', 'runbooks']) cpSync(part, join(folder, part), { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('finds nothing wrong with what we ship', async () => {
  expect(await lintAll(folders(), new KnownActions())).toEqual({
    ok: true,
    lines: [expect.stringMatching(/^\d+ catalog items, 2 runbooks and \d+ rules are good; no problems\.$/)],
  });
});

it('finds what is wrong in every kind of file, and says where', async () => {
  for (const file of [
    'catalog/items/new.yaml',
    'catalog/access.yaml',
    'catalog/on-call.yaml',
    'catalog/policies/new.yaml',
    'catalog/freezes.yaml',
    'runbooks/new.yaml',
  ])
    writeFileSync(join(folder, file), 'name: [\n');
  const { ok, lines } = await lintAll(folders(), new KnownActions());
  expect(ok).toBe(false);
  for (const file of [
    'catalog/items/new.yaml',
    'catalog/access.yaml',
    'catalog/on-call.yaml',
    'catalog/policies/new.yaml',
    'catalog/freezes.yaml',
    'runbooks/new.yaml',
  ])
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${file}:\\d+:\\d+: `))]));
});
