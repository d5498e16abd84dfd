import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

interface Report {
  summary: { violations: { rule: { name: string }; from: string; to: string }[]; totalCruised: number };
}

function cruise(folder: string, paths: string[]): Report {
  const args = [CRUISER, ...paths, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  try {
    return JSON.parse(
      execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 }),
    ) as Report;
  } catch (error) {
    // It exits with the number of violations; the report is on its output all the same.
    return JSON.parse((error as { stdout: string }).stdout) as Report;
  }
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('playground/ui'))
    .map((file) => join(folder, file));
}

describe('the architecture', () => {
  it('imports downward only, through the index, and keeps each vendor in its place', () => {
    const { summary } = cruise(ROOT, ['src', 'migrations']);
    expect(summary.totalCruised).toBeGreaterThan(150);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });

  it('would notice: an upward import, a vendor in the wrong place and a way around the index are refused', () => {
    const folder = mkdtempSync(join(tmpdir(), 'layers-'));
    try {
      for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
        cpSync(join(ROOT, file), join(folder, file));
      symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      for (const part of ['shared', 'policy', 'slack']) mkdirSync(join(folder, 'src', part), { recursive: true });
      writeFileSync(join(folder, 'src/slack/index.ts'), "export { a } from './a.js';\n");
      writeFileSync(join(folder, 'src/slack/a.ts'), "import '@casl/ability';\nexport const a = 1;\n");
      writeFileSync(join(folder, 'src/shared/up.ts'), "export { a } from '../slack/index.js';\n");
      writeFileSync(join(folder, 'src/policy/index.ts'), 'export const p = 1;\n');
      writeFileSync(join(folder, 'src/policy/inner.ts'), 'export const q = 1;\n');
      writeFileSync(join(folder, 'src/slack/around.ts'), "export { q } from '../policy/inner.js';\n");
      const rules = new Set(cruise(folder, ['src']).summary.violations.map((violation) => violation.rule.name));
      expect([...rules].sort()).toEqual(
        expect.arrayContaining(['casl-in-policy', 'enter-by-the-index', 'shared-stays-below']),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('reads process.env in one file', () => {
    const files = sources(join(ROOT, 'src'));
    expect(files.length).toBeGreaterThan(100);
    const readers = files.filter((file) =>
      /process\.env\b/.test(readFileSync(file, 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '')),
    );
    expect(readers.map((file) => file.slice(ROOT.length + 1))).toEqual(['src/config/env.ts']);
  });
});
