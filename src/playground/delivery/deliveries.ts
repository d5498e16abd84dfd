import { randomBytes } from 'node:crypto';
import { APP_ID, BOT_USER_ID, TEAM_ID } from '../workspace/workspace-seed.js';
import {
  type Acknowledgement,
  type AppDoor,
  DeliveryFailed,
  type InteractionKind,
  type Retry,
  type Transport,
} from './door.js';

/** Slack tries at once, after a minute and after five. */
export const SLACK_RETRY_DELAYS_MS = [0, 60_000, 300_000];

type Envelope = Record<string, unknown> & { event: Record<string, unknown> };

/** The one place from which the app is told anything. Interactions are tried once; events until acknowledged or given up. */
export class Deliveries implements AppDoor {
  private readonly lastByType = new Map<string, Envelope>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopped = new AbortController();

  constructor(
    private readonly transport: Transport,
    private readonly retryDelaysMs: number[],
    private readonly clock: () => number,
  ) {}

  interact(kind: InteractionKind, payload: Record<string, unknown>): Promise<Acknowledgement> {
    return this.transport.interact(kind, payload);
  }

  emit(event: Record<string, unknown>): void {
    const envelope: Envelope = {
      token: 'playground-verification-token',
      team_id: TEAM_ID,
      context_team_id: TEAM_ID,
      context_enterprise_id: null,
      api_app_id: APP_ID,
      event,
      type: 'event_callback',
      event_id: `Ev${randomBytes(6).toString('hex').toUpperCase()}`,
      event_time: Math.floor(this.clock() / 1000),
      authorizations: [
        { enterprise_id: null, team_id: TEAM_ID, user_id: BOT_USER_ID, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event_context: `4-${randomBytes(8).toString('hex')}`,
    };
    this.lastByType.set(String(event.type), envelope);
    this.track(this.deliver(envelope, null));
  }

  redeliver(eventType: string): boolean {
    const envelope = this.lastByType.get(eventType);
    if (envelope === undefined) return false;
    this.track(this.transport.event(envelope, { number: 1, reason: 'http_timeout' }).catch(() => undefined));
    return true;
  }

  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  stop(): void {
    this.stopped.abort();
  }

  private track(work: Promise<void>): void {
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  private async deliver(envelope: Envelope, retry: Retry | null): Promise<void> {
    try {
      await this.transport.event(envelope, retry);
    } catch (error) {
      if (!(error instanceof DeliveryFailed)) throw error;
      const number = retry?.number ?? 0;
      const delay = this.retryDelaysMs[number];
      if (delay === undefined || error.final || !(await this.pause(delay))) return;
      await this.deliver(envelope, { number: number + 1, reason: error.reason });
    }
  }

  /** False if the playground stopped meanwhile. */
  private pause(ms: number): Promise<boolean> {
    const { signal } = this.stopped;
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve(false);
        return;
      }
      const onStop = (): void => {
        clearTimeout(timer);
        resolve(false);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', onStop);
        resolve(true);
      }, ms);
      signal.addEventListener('abort', onStop, { once: true });
    });
  }
}
