import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** What its folder holds is part of the question; what it wrote itself, and what is another one each time, is not. */
const SCRIPT = `
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const { test, runs, used, real, ignored, kept } = JSON.parse(readFileSync(process.env.CONFIGURATION, 'utf8'));
const args = process.argv.slice(2);
const hash = createHash('sha256');
for (const file of readdirSync('.', { recursive: true }).map(String).sort()) {
  if (ignored.some((part) => file.includes(part))) continue;
  try { hash.update(file).update(readFileSync(file)); } catch { hash.update(file); }
}
const asked = [...args.map((arg) => arg.replaceAll(process.cwd(), '.')), hash.digest('hex').slice(0, 12)].join(' ');
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\\n').filter(Boolean).map((line) => JSON.parse(line)) : []);
let run;
if (real === null) {
  const done = existsSync(used) ? readFileSync(used, 'utf8').split('\\n') : [];
  const all = read(runs).map((one, index) => [one, String(index)]).filter(([one]) => one.test === test && one.asked === asked);
  const [found, index] = all.find(([, index]) => !done.includes(index)) ?? all.at(-1) ?? [];
  if (found === undefined) {
    console.error('Error: nobody asked the real program that in this test: ' + asked);
    process.exit(99);
  }
  appendFileSync(used, index + '\\n');
  run = found;
  for (const [file, text] of Object.entries(run.files)) writeFileSync(file, text);
} else {
  const { stdout, stderr, status } = spawnSync(real, args, { encoding: 'utf8', maxBuffer: 64_000_000 });
  const files = Object.fromEntries(kept.filter((file) => existsSync(file)).map((file) => [file, readFileSync(file, 'utf8')]));
  run = { test, asked, stdout, stderr, exitCode: status ?? 1, files };
  appendFileSync(runs, JSON.stringify(run) + '\\n');
}
process.stdout.write(run.stdout);
process.stderr.write(run.stderr);
process.exitCode = run.exitCode;
`;

export interface RecordedProgramOptions {
  /** Where the runs are kept, as gzipped JSON lines. */
  readonly fixture: string;
  /** The real program; null: what it said once is said again. */
  readonly real: string | null;
  /** Parts of file names that are not looked at. */
  readonly ignored: readonly string[];
  /** Files that it writes and that are read afterwards. */
  readonly kept: readonly string[];
}

/** A program that says what a real one said to the same words in the same test, or that runs it and writes that down. */
export class RecordedProgram {
  private readonly folder = mkdtempSync(join(tmpdir(), 'quartermaster-recorded-'));
  private readonly runs = join(this.folder, 'runs.jsonl');
  private readonly configuration = join(this.folder, 'configuration.json');
  /** Its whole path. */
  readonly path = join(this.folder, 'program');

  constructor(private readonly options: RecordedProgramOptions) {
    if (options.real === null) writeFileSync(this.runs, gunzipSync(readFileSync(options.fixture)));
    const script = join(this.folder, 'script.mjs');
    writeFileSync(script, SCRIPT);
    const start = `#!/bin/sh\nCONFIGURATION='${this.configuration}' exec '${process.execPath}' '${script}' "$@"\n`;
    writeFileSync(this.path, start);
    chmodSync(this.path, 0o700);
  }

  /** From here on the runs are those of this test. */
  begin(test: string): void {
    const { real, ignored, kept } = this.options;
    const used = join(this.folder, 'used');
    rmSync(used, { force: true });
    writeFileSync(this.configuration, JSON.stringify({ test, runs: this.runs, used, real, ignored, kept }));
  }

  /** Writes down what was recorded. */
  end(): void {
    if (this.options.real !== null && existsSync(this.runs)) {
      mkdirSync(dirname(this.options.fixture), { recursive: true });
      writeFileSync(this.options.fixture, gzipSync(readFileSync(this.runs)));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
