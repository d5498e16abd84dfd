import { Injectable } from '@nestjs/common';
import { StandingVotes, type Verdict } from '../approvals/index.js';
import { Catalog } from '../catalog/index.js';
import { IdentityRefused, People } from '../identity/index.js';
import { Policy } from '../policy/index.js';
import { RequestProgress, type RequestRecord, Requests } from '../requests/index.js';

/** Whether a request may go on. Every method may be repeated. */
@Injectable()
export class ApprovalGate {
  constructor(
    private readonly requests: Requests,
    private readonly progress: RequestProgress,
    private readonly standing: StandingVotes,
    private readonly catalog: Catalog,
    private readonly people: People,
    private readonly policy: Policy,
  ) {}

  /** True when no approval is wanted. One that somebody agreed to beforehand is decided here; its decision then starts what follows. */
  async needsNone(requestId: string): Promise<boolean> {
    const { state, approvalId } = await this.requests.get(requestId);
    if (state !== 'awaiting-approval' || approvalId === null) return true;
    await this.standing.give(approvalId);
    return false;
  }

  /** Carries out what votes or the end of time decided. True when it was approved and still may be. */
  async decided(requestId: string, { outcome, by, reason }: Verdict): Promise<boolean> {
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
