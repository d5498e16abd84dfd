import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Person } from '../identity/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Policy } from '../policy/index.js';
import { Ids } from '../shared/index.js';
import type { Approval } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { StandingRefused, UnknownApproval } from './approvals.errors.js';
import { type StandingApproval, StandingStore } from './standing.store.js';
import { StandingVotes } from './standing-votes.js';

const HOURS = 24;
const MOST_USES = 20;

export interface StandingWish {
  readonly approvalId: string;
  readonly person: Person;
  /** For the same requester, or for anybody who asks for the same team. */
  readonly requesters: 'same' | 'team';
  readonly maxCount: number;
  readonly varying: readonly string[];
}

/** `approve similar for 24 h`: given by a lead with their own vote, bounded, revocable, and on the trail with each of its uses. */
@Injectable()
export class StandingApprovals {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: StandingStore,
    private readonly approvals: ApprovalStore,
    private readonly votes: StandingVotes,
    private readonly policy: Policy,
    private readonly audit: Audit,
    private readonly ids: Ids,
  ) {}

  /** Whether this person may give one with this approval. @throws StandingRefused */
  assertMay(person: Person, { likeness, requesterId, stage, votes }: Approval): void {
    if (likeness === null)
      throw new StandingRefused('This can only be approved once, as it is. Nothing was changed; approve or deny it.');
    const { teamId, environment, itemName } = likeness;
    const subject = { kind: 'approval', teamId, environment, itemName, ownerId: requesterId } as const;
    const { allowed, reason } = this.policy.can(person, 'approve', subject);
    if (!allowed) throw new StandingRefused(`${reason} Nothing was changed.`);
    const isStandIn = votes.some((vote) => vote.personId === person.id && vote.onBehalfOf !== null);
    if (isStandIn)
      throw new StandingRefused(`Whoever stands in for somebody agrees to one thing at a time (stage ${stage + 1}).`);
  }

  /** Rests on the person's own yes to the approval, which must be in. @throws StandingRefused, UnknownApproval */
  async grant({ approvalId, person, requesters, maxCount, varying }: StandingWish): Promise<StandingApproval> {
    const approval = await this.approvals.find(approvalId);
    if (approval === null) throw new UnknownApproval();
    this.assertMay(person, approval);
    const { likeness } = approval;
    const own = approval.votes.find((vote) => vote.personId === person.id);
    if (likeness === null || own?.choice !== 'yes' || own.via === 'standing')
      throw new StandingRefused('It goes with your own approval, which does not count here. Nothing was changed.');
    if (!Number.isInteger(maxCount) || maxCount < 1 || maxCount > MOST_USES)
      throw new StandingRefused(`Between 1 and ${MOST_USES} times is possible. Nothing was changed.`);
    const standing = await this.transactions.run(async (tx) => {
      const inserted = await this.store.insert(tx, {
        id: this.ids.next('sta'),
        grantedBy: person.id,
        approvalId,
        likeness,
        varying: varying.filter((name) => likeness.freeText.includes(name)),
        requesterId: requesters === 'same' ? approval.requesterId : null,
        maxCount,
        hours: HOURS,
        traceId: approval.traceId,
      });
      await this.record(
        tx,
        inserted,
        person.id,
        'granted',
        `approves up to ${maxCount} similar ones for ${HOURS} hours`,
      );
      return inserted;
    });
    return standing;
  }

  /** The votes it gave to what still waits count no more, and are taken away. @throws StandingRefused */
  async revoke(id: string, person: Person): Promise<StandingApproval> {
    const standing = await this.store.find(id);
    if (standing === null) throw new StandingRefused('There is no such standing approval. Nothing was changed.');
    if (!this.mayRevoke(person, standing))
      throw new StandingRefused(
        'Only who gave it, leads of the team and administrators revoke it. Nothing was changed.',
      );
    const revoked = await this.transactions.run(async (tx) => {
      const after = await this.store.revoke(tx, id, person.id);
      if (after !== null) await this.record(tx, after, person.id, 'revoked', `revoked it after ${after.used} uses`);
      return after;
    });
    await this.votes.withdrawRevoked();
    return revoked ?? standing;
  }

  /** Those in force that this person gave, or may revoke. */
  async list(person: Person): Promise<StandingApproval[]> {
    const led = person.teams.filter(({ relation }) => relation === 'lead').map(({ teamId }) => teamId);
    return this.store.listInForce(person.id, led);
  }

  private mayRevoke(person: Person, { grantedBy, likeness }: StandingApproval): boolean {
    const { teamId, environment, itemName } = likeness;
    const subject = { kind: 'approval', teamId, environment, itemName } as const;
    return (
      person.id === grantedBy ||
      this.policy.can(person, 'approve', subject).allowed ||
      this.policy.can(person, 'administer', subject).allowed
    );
  }

  private record(tx: Tx, standing: StandingApproval, by: string, what: string, summary: string): Promise<void> {
    const { id, approvalId, likeness, maxCount, requesterId, varying, expiresAt, traceId } = standing;
    return this.audit.append(tx, {
      type: `standing_approval.${what}`,
      actor: { kind: 'person', id: by },
      subject: { kind: 'approval', id: approvalId },
      traceId,
      summary,
      data: {
        standingId: id,
        item: likeness.itemName,
        team: likeness.teamId,
        environment: likeness.environment,
        requester: requesterId,
        varying: [...varying],
        maxCount,
        expiresAt: expiresAt.toISOString(),
      },
    });
  }
}
