import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** The built bot as a process of its own, which a test may kill at any moment and start again. */
export class BotProcess {
  private child: ChildProcess | null = null;
  private said = '';

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    /** Hears what something loaded into it (`--import`) sends. */
    private readonly hear?: (message: unknown) => void,
  ) {}

  /** Resolves when it takes deliveries. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [join(ROOT, 'dist/src/main.js')], {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? '', ...this.env, LOG_FORMAT: 'json', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'pipe', ...(this.hear === undefined ? [] : ['ipc' as const])],
    });
    this.child = child;
    child.on('message', (message) => this.hear?.(message));
    this.said = '';
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.said += chunk.toString();
        if (this.said.includes('Quartermaster is ready')) resolve();
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('exit', () => {
        reject(new Error(`The bot ended before it was ready:\n${this.said.slice(-4000)}`));
      });
    });
  }

  /** What this life of it has logged so far. */
  get log(): string {
    return this.said;
  }

  /** As a power cut: nothing is finished, nothing is said. Answers whether it lived until then. */
  kill(): Promise<boolean> {
    return this.end('SIGKILL');
  }

  /** Resolves when it lives no more, however it came to that. */
  async ended(): Promise<void> {
    const { child } = this;
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** Tells a bot whose environment has {@link withShiftedClock} that its clock jumps to the other side. */
  jumpClock(): void {
    this.child?.kill('SIGUSR2');
  }

  stop(): Promise<boolean> {
    return this.end('SIGTERM');
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<boolean> {
    const child = this.child;
    this.child = null;
    if (child?.exitCode !== null || child.signalCode !== null) return false;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return true;
  }
}

/** Environment for a bot whose machine's clock is off by so much, and jumps to as much on the other side when told to. */
export function withShiftedClock(milliseconds: number): Record<string, string> {
  const code = `
    let shift = ${milliseconds};
    process.on('SIGUSR2', () => { shift = -shift; });
    globalThis.Date = new Proxy(Date, {
      construct: (real, args, target) => (args.length > 0 ? Reflect.construct(real, args, target) : new real(real.now() + shift)),
      apply: (real) => new real(real.now() + shift).toString(),
      get: (real, key) => (key === 'now' ? () => real.now() + shift : Reflect.get(real, key)),
    });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}
