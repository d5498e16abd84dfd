import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLauncher, type Launcher } from './launcher.js';
import { Lines } from './lines.js';
import { type ProgramCall, Programs } from './programs.js';
import { cleanEnvironment, inWorkingFolder } from './working-folder.js';

/** Each with what this machine has, and as on one that has neither prlimit nor setpriv. */
const launchers: [string, Launcher][] = [
  ['found here', findLauncher()],
  ['ulimit alone', { memory: 'ulimit', diesWithUs: false }],
];

describe.each(launchers)('programs, launched as %s', (_name, launcher) => {
  const programs = new Programs(launcher);
  const run = (script: string, more: Partial<ProgramCall> = {}) =>
    inWorkingFolder((folder) =>
      programs.run({
        file: process.execPath,
        args: ['-e', script],
        folder,
        environment: cleanEnvironment(folder),
        seconds: 30,
        memoryMegabytes: 2_000,
        outputBytes: 100_000,
        ...more,
      }),
    );

  it('give exit code and both streams, line by line while they run', async () => {
    const lines: string[] = [];
    const result = await run(`console.log('out'); console.error('err'); process.exitCode = 3`, {
      onLine: (line) => lines.push(line),
    });
    expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(lines.sort()).toEqual(['err', 'out']);
  });

  it.each(['$(touch gone)', '; touch gone', '`id`', '| cat', '&& true', '"\'\\', '*', '--version', '\n', ''])(
    'get the argument %j as it is: nothing is read by a shell',
    async (argument) => {
      const { stdout } = await run('', {
        args: ['-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--', argument],
      });
      expect(JSON.parse(stdout)).toEqual([argument]);
    },
  );

  it('see nothing of our environment, and stand in a folder of their own that goes with them', async () => {
    const { stdout } = await run(
      `require('fs').writeFileSync('made', 'x'); console.log(JSON.stringify([process['env'], process.cwd()]))`,
    );
    const [environment, folder] = JSON.parse(stdout);
    expect(
      Object.keys(environment)
        .filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))
        .sort(),
    ).toEqual(['HOME', 'LANG', 'PATH', 'TMPDIR', 'TZ']);
    expect(environment.HOME).toBe(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it('read what they are given, or not', async () => {
    const echo = `process.stdin.pipe(process.stdout)`;
    expect((await run(echo, { stdin: 'héllo' })).stdout).toBe('héllo');
    expect((await run(echo)).stdout).toBe('');
    expect((await run(`process.stdin.destroy()`, { stdin: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  const FAMILY = `
    const { spawn } = require('child_process');
    process.on('SIGTERM', () => {});
    const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: 'inherit' });
    require('fs').writeFileSync(process.argv[1], process.pid + ' ' + child.pid);
    setInterval(() => {}, 1000);
    console.log('ready')`;
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };

  it('are ended with all their children when asked to, deaf as they may be', async () => {
    await inWorkingFolder(async (folder) => {
      const stop = new AbortController();
      const note = join(folder, 'pids');
      const running = run(FAMILY, {
        args: ['-e', FAMILY, note],
        signal: stop.signal,
        onLine: () => {
          stop.abort();
        },
      });
      await expect(running).rejects.toMatchObject({ why: 'asked' });
      const pids = readFileSync(note, 'utf8').split(' ').map(Number);
      expect(pids).toHaveLength(2);
      expect(pids.filter(isAlive)).toEqual([]);
    });
  });

  it('leave no child behind when they end themselves', async () => {
    const { stdout } = await run(`
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      child.unref(); console.log(child.pid); child.once('spawn', () => process.exit(0))`);
    expect(isAlive(Number(stdout))).toBe(false);
  });

  it('end when their time is up, when they say too much, and when they take too much memory', async () => {
    await expect(run('setInterval(() => {}, 1000)', { seconds: 0.2 })).rejects.toMatchObject({ why: 'time' });
    const endless = run(`for (;;) console.log('x'.repeat(1000))`, { outputBytes: 50_000 });
    await expect(endless).rejects.toMatchObject({ why: 'output' });
    const greedy = `const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1))`;
    const ended = await run(greedy, { memoryMegabytes: 400 }).then(
      ({ exitCode }) => exitCode !== 0,
      (error: unknown) => (error as { why?: string }).why === 'signal',
    );
    expect(ended).toBe(true);
  });

  it('that are not there, or not named by a whole path, are refused', async () => {
    await expect(run('', { file: 'node' })).rejects.toMatchObject({ code: 'programs.not_started' });
    const missing = await run('', { file: '/nowhere/node' }).then(
      ({ exitCode }) => exitCode,
      () => 127,
    );
    expect(missing).toBe(127);
  });

  it('do not start any more once stopped', async () => {
    await inWorkingFolder(async (folder) => {
      const file = join(folder, 'ran');
      writeFileSync(join(folder, 'x'), '');
      await expect(
        run(`require('fs').writeFileSync(${JSON.stringify(file)}, '')`, { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ why: 'asked' });
      expect(existsSync(file)).toBe(false);
    });
  });
});

describe('lines of output', () => {
  const linesOf = (...chunks: (string | Buffer)[]): string[] => {
    const taken: string[] = [];
    const lines = new Lines((line) => taken.push(line));
    for (const chunk of chunks) lines.write(Buffer.from(chunk as string));
    lines.end();
    return taken;
  };

  it('are put together from pieces, also in the middle of a letter', () => {
    const letter = Buffer.from('é');
    expect(linesOf('on', 'e\ntw', 'o\r\nthr', letter.subarray(0, 1), letter.subarray(1), '\nlast')).toEqual([
      'one',
      'two',
      'thré',
      'last',
    ]);
  });

  it('are plain text without colours, bells and cursor moves, and never too long', () => {
    expect(linesOf('\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007ok\u0000\tend\n')).toEqual(['red ok\tend']);
    expect(linesOf('x'.repeat(5_000)).map((line) => line.length)).toEqual([2_000, 2_000, 1_000]);
  });
});
