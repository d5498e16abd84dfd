import { type ChildProcess, spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import type { Readable } from 'node:stream';
import { findLauncher, type Launcher, launched } from './launcher.js';
import { Lines } from './lines.js';
import { ProgramNotStarted, ProgramStopped } from './program-errors.js';

/** Asked to end first, ended after this. */
const GRACE_SECONDS = 2;
/** How long output is listened to after the program ended, where a child of it holds the pipe. */
const ECHO_MILLISECONDS = 500;

export interface ProgramCall {
  /** An absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** All of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin?: string | Buffer;
  readonly signal?: AbortSignal;
  readonly seconds: number;
  /** How long it may take to end when asked to. Two, where it has nothing to write down. */
  readonly graceSeconds?: number;
  /** Of each of its processes. */
  readonly memoryMegabytes: number;
  /** Of both streams together. */
  readonly outputBytes: number;
  readonly onLine?: (line: string) => void;
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program without a shell, in a process group of its own that ends as a whole: when the program is done, its time is up, it says too
 * much, or the signal fires. A process that leaves its group gets away.
 */
export class Programs {
  constructor(private readonly launcher: Launcher = findLauncher()) {}

  /** Any exit code is a result. @throws ProgramNotStarted, ProgramStopped */
  run(call: ProgramCall): Promise<ProgramResult> {
    if (call.signal?.aborted === true)
      return Promise.reject(new ProgramStopped('It was stopped before it began.', 'asked'));
    if (!isAbsolute(call.file))
      return Promise.reject(new ProgramNotStarted('A program must be named by its whole path.'));
    const [file, args] = launched(this.launcher, call.memoryMegabytes, [call.file, ...call.args]);
    return new RunningProgram(call, file, args).result;
  }
}

class RunningProgram {
  readonly result: Promise<ProgramResult>;
  private readonly child: ChildProcess;
  private readonly output: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  private readonly timers: NodeJS.Timeout[] = [];
  private bytes = 0;
  private stopped: ProgramStopped | null = null;

  constructor(
    private readonly call: ProgramCall,
    file: string,
    args: string[],
  ) {
    const { folder, environment, stdin } = call;
    this.child = spawn(file, args, {
      cwd: folder,
      env: { ...environment },
      detached: true,
      shell: false,
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.result = this.follow();
  }

  private async follow(): Promise<ProgramResult> {
    const { signal, seconds, stdin } = this.call;
    const asked = (): void => {
      this.stop(new ProgramStopped('It was stopped.', 'asked'));
    };
    signal?.addEventListener('abort', asked, { once: true });
    this.later(seconds * 1000, () => {
      this.stop(new ProgramStopped(`It ran longer than ${seconds} second${seconds === 1 ? '' : 's'}.`, 'time'));
    });
    // A program that does not read its input to the end is no error.
    this.child.stdin?.on('error', () => undefined).end(stdin);
    const streams = [this.listen('stdout'), this.listen('stderr')];
    try {
      const exitCode = await this.exit();
      this.kill('SIGKILL');
      this.later(ECHO_MILLISECONDS, () => {
        this.child.stdout?.destroy();
        this.child.stderr?.destroy();
      });
      await Promise.all(streams);
      if (this.stopped !== null) throw this.stopped;
      if (exitCode === null)
        throw new ProgramStopped(`It was ended by ${this.child.signalCode ?? 'a signal'}.`, 'signal');
      return { exitCode, stdout: this.text('stdout'), stderr: this.text('stderr') };
    } finally {
      signal?.removeEventListener('abort', asked);
      for (const timer of this.timers) clearTimeout(timer);
    }
  }

  private exit(): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.child.once('exit', resolve);
      this.child.once('error', (cause) => {
        reject(new ProgramNotStarted('The program could not be started.', { cause }));
      });
    });
  }

  private async listen(name: 'stdout' | 'stderr'): Promise<void> {
    const stream: Readable | null = this.child[name];
    if (stream === null) return;
    const lines = new Lines((line) => this.call.onLine?.(line));
    stream.on('data', (chunk: Buffer) => {
      if (this.bytes > this.call.outputBytes) return;
      this.bytes += chunk.length;
      this.output[name].push(chunk);
      lines.write(chunk);
      if (this.bytes > this.call.outputBytes)
        this.stop(new ProgramStopped(`It said more than ${this.call.outputBytes} bytes.`, 'output'));
    });
    await new Promise<void>((resolve) => stream.once('close', resolve).on('error', () => undefined));
    lines.end();
  }

  private stop(why: ProgramStopped): void {
    if (this.stopped !== null) return;
    this.stopped = why;
    this.kill('SIGTERM');
    this.later((this.call.graceSeconds ?? GRACE_SECONDS) * 1000, () => {
      this.kill('SIGKILL');
    });
  }

  /** The whole group; also what the program left behind when it ended. */
  private kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // Nobody is left in it.
    }
  }

  private later(milliseconds: number, work: () => void): void {
    this.timers.push(setTimeout(work, milliseconds));
  }

  private text(name: 'stdout' | 'stderr'): string {
    return Buffer.concat(this.output[name]).toString('utf8');
  }
}
