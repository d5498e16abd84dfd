import { randomBytes } from 'node:crypto';
import { Refusal } from '../workspace/refusal.js';

const LIFETIME_MS = 30 * 60_000;
const MAX_USES = 5;

export interface ResponseTarget {
  user: string;
  channel: string;
  threadTs?: string;
  /** The message that was clicked in, if one was. */
  ts?: string;
  ephemeral: boolean;
}

/** Addresses at which the app may answer an interaction without a token: at most 5 times in 30 minutes. */
export class ResponseUrls {
  private readonly known = new Map<string, { target: ResponseTarget; issuedAt: number; uses: number }>();

  constructor(private readonly clock: () => number) {}

  issue(target: ResponseTarget): string {
    for (const [token, entry] of this.known)
      if (this.clock() - entry.issuedAt > 2 * LIFETIME_MS) this.known.delete(token);
    const token = randomBytes(18).toString('base64url');
    this.known.set(token, { target, issuedAt: this.clock(), uses: 0 });
    return token;
  }

  /** Counts one use. Throws `expired_url` or `used_url`. */
  use(token: string): ResponseTarget {
    const entry = this.known.get(token);
    if (entry === undefined || this.clock() - entry.issuedAt > LIFETIME_MS)
      throw new Refusal('expired_url', { status: 404 });
    if (entry.uses >= MAX_USES) throw new Refusal('used_url', { status: 404 });
    entry.uses += 1;
    return entry.target;
  }
}
