import { randomBytes } from 'node:crypto';
import { Refusal } from '../workspace/refusal.js';

/** Slack's own limit: after that a modal can no longer be opened for this click. */
const LIFETIME_MS = 3_000;
/** Forgotten entirely after this, so that a long-running playground does not grow. */
const FORGET_MS = 600_000;

export interface Trigger {
  user: string;
  /** Where the person was, for `default_to_current_conversation`. */
  channel?: string;
  /** The modal in which it happened; only such a trigger can push. */
  viewId?: string;
}

/** The tickets with which the app may open a modal: single use, three seconds by the clock. */
export class Triggers {
  private readonly known = new Map<string, { trigger: Trigger; issuedAt: number; used: boolean }>();

  constructor(private readonly clock: () => number) {}

  issue(trigger: Trigger): string {
    this.forgetOld();
    const id = `${this.clock()}.4829103.${randomBytes(16).toString('hex')}`;
    this.known.set(id, { trigger, issuedAt: this.clock(), used: false });
    return id;
  }

  /** Gives the ticket's holder and makes it worthless. Throws `invalid_trigger_id`, `expired_trigger_id` or `exchanged_trigger_id`. */
  exchange(id: string): Trigger {
    const entry = this.known.get(id);
    if (entry === undefined) throw new Refusal('invalid_trigger_id');
    if (entry.used) throw new Refusal('exchanged_trigger_id');
    if (this.clock() - entry.issuedAt > LIFETIME_MS) throw new Refusal('expired_trigger_id');
    entry.used = true;
    return entry.trigger;
  }

  private forgetOld(): void {
    for (const [id, entry] of this.known) if (this.clock() - entry.issuedAt > FORGET_MS) this.known.delete(id);
  }
}
