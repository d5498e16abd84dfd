import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Approvals, StandingVotes } from '../approvals/index.js';
import { Catalog } from '../catalog/index.js';
import { IdentityRefused, People } from '../identity/index.js';
import { Policy } from '../policy/index.js';
import { RequestProgress, type RequestRecord, Requests } from '../requests/index.js';

/** What the approval's last vote sends to the workflow that waits for it. */
export const verdictSchema = z.object({
  outcome: z.enum(['approved', 'denied', 'expired', 'cancelled']),
  by: z.array(z.string()),
  reason: z.string().nullable(),
});
export type Verdict = Readonly<z.infer<typeof verdictSchema>>;

/** The wait for an approval and how it ends. Every method may be repeated. */
@Injectable()
export class ApprovalGate {
  constructor(
    private readonly requests: Requests,
    private readonly progress: RequestProgress,
    private readonly approvals: Approvals,
    private readonly standing: StandingVotes,
    private readonly catalog: Catalog,
    private readonly people: People,
    private readonly policy: Policy,
  ) {}

  /** The approval to wait for; null when none is. */
  async awaited(requestId: string): Promise<{ approvalId: string; expiresAtMilliseconds: number } | null> {
    const request = await this.requests.get(requestId);
    if (request.state !== 'awaiting-approval' || request.approvalId === null) return null;
    // Somebody may have agreed to it beforehand; the message that it was decided then waits for whoever waits for it.
    await this.standing.give(request.approvalId);
    const { expiresAt } = await this.approvals.get(request.approvalId);
    return { approvalId: request.approvalId, expiresAtMilliseconds: expiresAt.getTime() };
  }

  /** Carries out how the wait ended: no message means that time ran out. True when it was approved and still may be. */
  async decided(requestId: string, approvalId: string, given: Verdict | null): Promise<boolean> {
    const { outcome, by, reason } = given ?? (await this.endOfTime(approvalId));
    switch (outcome) {
      case 'approved':
        return this.stillAllowed(await this.requests.get(requestId));
      case 'denied': {
        const who = by.map((id) => `<@${id}>`).join(', ');
        await this.progress.markDenied(requestId, {
          by,
          reason: `Denied by ${who}${reason === null ? '.' : `: ${reason}`}`,
        });
        return false;
      }
      case 'expired':
        await this.progress.markExpired(requestId);
        return false;
      case 'cancelled':
        return false;
    }
  }

  /** A vote may have come at the very last moment, before its message did. */
  private async endOfTime(approvalId: string): Promise<Verdict> {
    const { state, decidedBy, decidedReason } = await this.approvals.expire(approvalId);
    return { outcome: state === 'waiting' ? 'expired' : state, by: [...decidedBy], reason: decidedReason };
  }

  /** Policy may have changed while the approval waited: it is asked again, on the version that was approved. */
  private async stillAllowed(request: RequestRecord): Promise<boolean> {
    const why = await this.whyNot(request);
    if (why === null) return true;
    const reason = `It was approved, but is not allowed any more: ${why}`;
    await this.progress.markDenied(request.id, { by: [], reason });
    return false;
  }

  private async whyNot(request: RequestRecord): Promise<string | null> {
    const { itemName, itemDigest, requesterId, teamId, environment, parameters } = request;
    const item = await this.catalog.findVersion(itemName, itemDigest);
    if (item === null) return 'its catalog item is gone.';
    try {
      const person = await this.people.getFresh(requesterId);
      const { outcome, reasons } = this.policy.decideRequest({ person, item, teamId, environment, parameters });
      if (outcome !== 'deny') return null;
      const telling = reasons.filter((reason) => reason.outcome === 'deny');
      return telling.map((reason) => reason.message).join(' ');
    } catch (error) {
      if (error instanceof IdentityRefused) return error.publicMessage;
      throw error;
    }
  }
}
