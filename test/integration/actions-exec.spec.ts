import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionRegistry, builtInActions } from '../../src/orchestrator/index.js';
import { ActionBench } from '../builders/action-bench.js';

describe('exec:run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qm-exec-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const registry = new ActionRegistry(
    builtInActions({
      postgresUrl: 'postgres://nobody@127.0.0.1:1/none',
      programs: { node: process.execPath, gone: join(folder, 'not-there'), touch: '/usr/bin/touch', rm: '/usr/bin/rm' },
    }),
  );
  let bench: ActionBench;
  beforeEach(() => {
    bench = new ActionBench(registry.get('exec:run'));
  });
  const node = (script: string, more: object = {}) => ({
    program: 'node',
    args: ['-e', script],
    repeatable: true,
    ...more,
  });

  it('plans what its examples say, and what it would run as far as it is listed', async () => {
    for (const { input, plan } of bench.action.examples) expect((await bench.plan(input)).kind).toBe(plan);
    expect(await bench.plan({ program: 'touch', args: [], operands: ['a b'], repeatable: true })).toEqual({
      kind: 'change',
      summary: 'Runs touch',
      details: ['touch "a b"'],
    });
    expect((await bench.plan({ program: 'gone', repeatable: true })).summary).toMatch(/listed, but not there/);
  });

  it('runs a program with files, input and secrets, shows its output, and lets no secret out', async () => {
    const ref = await bench.secrets.put('a', { password: 'correct-horse\nbattery' }, { idempotencyKey: 'a' });
    const script = `
      const fs = require('fs');
      console.log(fs.readFileSync('conf/a.txt', 'utf8') + fs.readFileSync(0, 'utf8') + process.env.MODE + process.env.QM_IDEMPOTENCY_KEY);
      console.error('the password is ' + process.env.PASSWORD);
      console.log(process.env.PASSWORD.split('\\n')[0])`;
    const made = await bench.apply(
      node(script, {
        files: { 'conf/a.txt': 'file,' },
        stdin: 'input,',
        environment: { MODE: 'loud,' },
        secrets: { PASSWORD: { ref, field: 'password' } },
      }),
      'run:1:0',
    );
    expect(made.output).toEqual({
      ran: true,
      exitCode: 0,
      stdout: 'file,input,loud,run:1:0\n[redacted]\n',
      result: {},
    });
    expect(bench.reported.sort()).toEqual([
      '[redacted]',
      '[redacted]',
      'file,input,loud,run:1:0',
      'the password is [redacted]',
    ]);
    expect(JSON.stringify(made)).not.toMatch(/horse|battery/);
  });

  it('gives what a program writes as JSON to later steps, and refuses anything else as such', async () => {
    const made = await bench.apply(node(`console.log('{"id": 7}')`, { output: 'json' }));
    expect(made.output.result).toEqual({ id: 7 });
    await expect(bench.apply(node(`console.log('[hunter2]')`, { output: 'json' }))).rejects.toThrow(
      /did not write one JSON object/,
    );
  });

  it('fails with the last line it said; an exit code says whether to try again', async () => {
    const failing = node(`console.error('no space left'); process.exitCode = 75`, { retryExitCodes: [75] });
    await expect(bench.apply(failing)).rejects.toMatchObject({
      publicMessage: 'node ended with exit code 75: no space left',
      retryable: true,
    });
    await expect(bench.apply(node(`process.exitCode = 2`))).rejects.toMatchObject({ retryable: false });
    expect((await bench.apply(node(`process.exitCode = 2`, { exitCodes: [0, 2] }))).output.exitCode).toBe(2);
    await expect(bench.apply(node(`console.log('x'.repeat(9000))`, { outputKilobytes: 1 }))).rejects.toThrow(
      /said more/,
    );
    await expect(bench.apply(node(`setInterval(() => {}, 1000)`, { seconds: 1 }))).rejects.toMatchObject({
      retryable: true,
    });
  });

  it('does its work once where `creates` proves it, adopts what an interrupted attempt made, and undoes it once', async () => {
    const file = join(folder, 'made-once');
    const ledger = join(folder, 'ledger');
    const script = `const fs = require('fs'); fs.appendFileSync(${JSON.stringify(ledger)}, 'x'); fs.writeFileSync(${JSON.stringify(file)}, '')`;
    const undo = {
      args: [
        '-e',
        `require('fs').rmSync(${JSON.stringify(file)}); require('fs').appendFileSync(${JSON.stringify(ledger)}, 'u')`,
      ],
    };
    const input = { program: 'node', args: ['-e', script], creates: file, undo };
    expect((await bench.plan(input)).kind).toBe('create');
    const first = await bench.apply(input);
    const second = await bench.apply(input);
    expect([first.output.ran, second.output.ran]).toEqual([true, false]);
    expect((await bench.plan(input)).kind).toBe('none');
    expect(await bench.read(first.state)).toEqual({ exists: true, detail: 'what node makes is there' });
    await bench.destroy(second.state);
    await bench.destroy(second.state);
    expect((await bench.read(first.state)).exists).toBe(false);
    expect(readFileSync(ledger, 'utf8')).toBe('xu');
  });

  it('asks `check`, and never undoes what was there before it', async () => {
    const file = join(folder, 'foreign');
    writeFileSync(file, '');
    const looks = `process.exit(require('fs').existsSync(${JSON.stringify(file)}) ? 0 : 1)`;
    const input = {
      program: 'node',
      args: ['-e', 'process.exit(9)'],
      check: { args: ['-e', looks] },
      undo: { args: ['-e', `require('fs').rmSync(${JSON.stringify(file)})`] },
    };
    const made = await bench.apply(input);
    expect(made.output.ran).toBe(false);
    await bench.destroy(made.state);
    expect(existsSync(file)).toBe(true);
  });

  it('says so when a program ended well and what it should make is not there', async () => {
    const input = { program: 'node', args: ['-e', ''], creates: join(folder, 'never') };
    await expect(bench.apply(input)).rejects.toThrow(/should make is not there/);
  });

  it('ends the program when the step is stopped', async () => {
    const stop = new AbortController();
    const running = bench.apply(node(`console.log('here'); setInterval(() => {}, 1000)`), 'k', {
      signal: stop.signal,
      report: () => {
        stop.abort();
      },
    });
    await expect(running).rejects.toThrow(/was ended with all its children/);
  });

  it('runs only what is listed, whatever the name says', async () => {
    const sneaky = join(folder, 'sneaky');
    writeFileSync(sneaky, '#!/bin/sh\ntouch ran');
    chmodSync(sneaky, 0o755);
    expect((await bench.plan({ program: 'sneaky', repeatable: true })).kind).toBe('cannot');
    await expect(bench.apply({ program: 'constructor', repeatable: true })).rejects.toThrow(/not on the list/);
  });

  it.each([
    [{ program: '/bin/sh' }, 'program'],
    [{ program: '../node' }, 'program'],
    [{ args: ['a\0b'] }, 'args.0'],
    [{ args: 'a b' }, 'args'],
    [{ operands: ['--upload-pack=evil'] }, 'operands.0'],
    [{ operands: ['-x'] }, 'operands.0'],
    [{ environment: { LD_PRELOAD: '/x.so' } }, 'environment.LD_PRELOAD'],
    [{ environment: { PATH: '/x' } }, 'environment.PATH'],
    [{ environment: { 'A=B': 'x' } }, 'environment.A=B'],
    [{ secrets: { TOKEN: { ref: 'kv:../x', field: 'a' } } }, 'secrets.TOKEN.ref'],
    [{ secrets: { TOKEN: 'hunter2' } }, 'secrets.TOKEN'],
    [{ files: { '../x': '' } }, 'files.../x'],
    [{ files: { '/etc/passwd': '' } }, 'files./etc/passwd'],
    [{ files: { 'a/../../x': '' } }, 'files.a/../../x'],
    [{ creates: 'relative' }, 'creates'],
    [{ creates: '/a/../b' }, 'creates'],
    [{ seconds: 0 }, 'seconds'],
    [{ memoryMegabytes: 1e9 }, 'memoryMegabytes'],
    [{ repeatable: false }, ''],
    [{ shell: true }, ''],
  ])('refuses %j before anything runs', async (wrong, field) => {
    const input = { program: 'node', args: [], repeatable: true, ...wrong };
    expect(bench.problems(input)).toContain(field);
    await expect(bench.apply(input)).rejects.toMatchObject({ retryable: false });
  });
});
