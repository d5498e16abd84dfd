import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

const ROOT = join(import.meta.dirname, '../..');
/** Every command is a process of its own. */
const PATIENCE_MILLISECONDS = 300_000;
const BLOCK = /```(sh|yaml|text)\n([\s\S]*?)```/g;

interface Block {
  readonly kind: string;
  readonly text: string;
}

/** A copy of the catalog in which the commands of the tutorial run as they stand, with the product as it is compiled here. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutorial-'));
  for (const part of ['catalog', 'runbooks']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const commands = Object.fromEntries(
    Object.entries(scripts)
      .filter(([name]) => name.startsWith('catalog:'))
      .map(([name, command]) => [name, command.replace('nest build && ', '')]),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts: commands }));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  compileInto(join(folder, 'dist/src'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** As the build does, but for the types. */
function compileInto(target: string): void {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.startsWith('playground'),
  );
  for (const file of sources) {
    const { code } = transformFileSync(join(ROOT, 'src', file), {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
      module: { type: 'es6' },
    });
    const compiled = join(target, file.replace(/ts$/, 'js'));
    mkdirSync(dirname(compiled), { recursive: true });
    writeFileSync(compiled, code);
  }
}

function run(command: string): { ok: boolean; said: string } {
  try {
    return { ok: true, said: execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }) };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { ok: false, said: stdout + stderr };
  }
}

function write({ text }: Block): void {
  const [, more, file = ''] = /^# (>> )?(\S+)\n/.exec(text) ?? [];
  const body = text.replace(/^.*\n/, '');
  if (more === undefined) writeFileSync(join(folder, file), body);
  else appendFileSync(join(folder, file), body);
}

it(
  'can be followed to the letter',
  () => {
    const tutorial = readFileSync(join(ROOT, 'docs/catalog-tutorial.md'), 'utf8');
    const blocks = [...tutorial.matchAll(BLOCK)].map(([, kind = '', text = '']): Block => ({ kind, text }));
    expect(blocks.filter(({ kind }) => kind === 'sh').length).toBeGreaterThan(5);
    for (const [index, block] of blocks.entries()) {
      if (block.kind === 'yaml') write(block);
      if (block.kind !== 'sh') continue;
      const next = blocks[index + 1];
      const { ok, said } = run(block.text);
      if (next?.kind === 'text') {
        expect([ok, said]).toEqual([false, expect.stringContaining(next.text.trim())]);
      } else {
        expect([block.text, ok, said]).toEqual([block.text, true, said]);
      }
    }
    expect(run('npm run catalog:test').said).toMatch(/preview-space\n(?: {2}ok .*\n){3}/);
  },
  PATIENCE_MILLISECONDS,
);
