import type { App } from '@slack/bolt';
import bolt from '@slack/bolt';
import type { Logger } from '../../platform/logging/index.js';
import { messageOf } from '../../shared/index.js';

type SocketModeReceiver = InstanceType<typeof bolt.SocketModeReceiver>;

const FIRST_TRY_MILLISECONDS = 5_000;
const SHORTEST_WAIT_MILLISECONDS = 250;
const LONGEST_WAIT_MILLISECONDS = 30_000;

/**
 * One Socket Mode connection that is opened again whenever it ends. The SDK's own reconnecting gives up for good (and takes the
 * process along) when Slack answers 5xx or not at all; this one only waits longer.
 */
export class SocketLine {
  private isClosed = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly receiver: SocketModeReceiver,
    private readonly logger: Logger,
  ) {}

  static create(
    options: Omit<NonNullable<ConstructorParameters<typeof bolt.SocketModeReceiver>[0]>, 'autoReconnectEnabled'>,
    logger: Logger,
  ): SocketLine {
    return new SocketLine(new bolt.SocketModeReceiver({ ...options, autoReconnectEnabled: false }), logger);
  }

  /** For Bolt's constructor, or {@link attach} for any line after the first. */
  get bolt(): SocketModeReceiver {
    return this.receiver;
  }

  attach(app: App): void {
    this.receiver.init(app);
  }

  /** Resolves when connected; after a few seconds also when not: it goes on trying. */
  async open(): Promise<void> {
    const connected = new Promise<void>((resolve) => {
      this.receiver.client.once('connected', () => {
        resolve();
      });
    });
    void this.keepOpen();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_TRY_MILLISECONDS);
    });
    await Promise.race([connected, patience]);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.wake();
    await this.receiver.client.disconnect().catch(() => undefined);
  }

  private async keepOpen(): Promise<void> {
    for (let failures = 0; !this.isClosed; ) {
      try {
        await this.receiver.client.start();
        failures = 0;
        await new Promise<void>((resolve) => {
          this.receiver.client.once('disconnected', () => {
            resolve();
          });
        });
        this.logger.debug('A Socket Mode connection ended');
      } catch (error) {
        failures += 1;
        this.logger.warn('Slack gives no Socket Mode connection; trying again', { failures, error: messageOf(error) });
      }
      await this.pause(failures);
    }
  }

  /** At once after a connection that worked, then longer and longer. */
  private async pause(failures: number): Promise<void> {
    if (this.isClosed) return;
    const milliseconds = Math.min(SHORTEST_WAIT_MILLISECONDS * 2 ** failures, LONGEST_WAIT_MILLISECONDS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
