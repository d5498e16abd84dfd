import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../audit/index.js';
import type { Person } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import { Changes, type SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import { type ApprovalNeed, Policy } from '../policy/index.js';
import { Redactor } from '../secrets/index.js';
import { Ids } from '../shared/index.js';
import type { Approval, ApprovalState, Choice, Via, VoteOutcome } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ReasonWanted, UnknownApproval } from './approvals.errors.js';
import { type ReactionSets, reactionVotes, verdictOf } from './tally.js';

const SYSTEM: AuditActor = { kind: 'system', id: 'approvals' };
const LISTED = 200;

export interface OpenApproval {
  readonly subject: SubjectRef;
  /** Of everything the vote is about: if any of it changes, it is another approval. */
  readonly digest: string;
  readonly need: ApprovalNeed;
  readonly requesterId: string;
  readonly title: string;
  /** Whom the decision wakes, on the topic `approval`. */
  readonly workflowId: string;
  readonly expiresAt: Date;
  readonly traceId: string;
}

/** Votes of people on exact arguments. The first commit decides; everything after it is told so and written down. */
@Injectable()
export class Approvals {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ApprovalStore,
    private readonly policy: Policy,
    private readonly durable: Durable,
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly metrics: Metrics,
    private readonly redactor: Redactor,
  ) {}

  async open(tx: Tx, wish: OpenApproval): Promise<Approval> {
    const approval = await this.store.insert(tx, { id: this.ids.next('apr'), ...wish });
    await this.record(
      tx,
      approval,
      { kind: 'person', id: wish.requesterId },
      'approval.asked',
      `asked for approval: ${wish.need.describe}`,
    );
    return approval;
  }

  /** @throws UnknownApproval */
  async get(id: string): Promise<Approval> {
    const approval = await this.find(id);
    if (approval === null) throw new UnknownApproval();
    return approval;
  }

  find(id: string): Promise<Approval | null> {
    return this.store.find(id);
  }

  /** A vote by button. @throws UnknownApproval, ReasonWanted */
  async vote(cast: {
    approvalId: string;
    voter: Person;
    choice: Choice;
    via: Via;
    reason?: string;
  }): Promise<VoteOutcome> {
    const { approvalId, voter, choice, via } = cast;
    const reason = this.redactor.text((cast.reason ?? '').trim());
    if (choice === 'no' && via === 'button' && reason === '') throw new ReasonWanted();
    const eligible = await this.eligibleFor(await this.get(approvalId));
    return this.transactions.run(async (tx) => {
      const { approval, expired } = await this.store.lock(tx, approvalId);
      const actor: AuditActor = { kind: 'person', id: voter.id };
      if (approval.state !== 'waiting' || expired) {
        await this.record(tx, approval, actor, 'approval.late_vote', `voted ${choice} after it was settled`);
        return { kind: 'settled', message: settledWords(approval, expired), approval };
      }
      if (voter.id === approval.requesterId || !eligible.has(voter.id)) {
        await this.record(tx, approval, actor, 'approval.vote_refused', `voted ${choice}, but is not eligible`);
        return { kind: 'not-eligible', message: notEligibleWords(approval, voter.id), approval };
      }
      await this.store.putVote(tx, approval, {
        personId: voter.id,
        choice,
        via,
        reason: reason === '' ? null : reason,
      });
      await this.record(tx, approval, actor, 'approval.voted', `voted ${choice} by ${via}`);
      const decided = await this.decideIfDue(tx, approvalId, eligible);
      if (decided !== null)
        return { kind: 'decided', message: `That decided it: ${decided.state}.`, approval: decided };
      return {
        kind: 'counted',
        message: 'Your vote counts.',
        approval: (await this.store.lock(tx, approvalId)).approval,
      };
    });
  }

  /**
   * Makes the votes by reaction those that Slack shows right now: a removed reaction withdraws its vote while it waits. Votes by
   * button stay. Everybody else's reactions are politely ignored.
   */
  async syncReactions(approvalId: string, reactions: ReactionSets): Promise<Approval> {
    const before = await this.get(approvalId);
    const eligible = await this.eligibleFor(before);
    return this.transactions.run(async (tx) => {
      const { approval, expired } = await this.store.lock(tx, approvalId);
      if (approval.state !== 'waiting' || expired) return approval;
      await this.replaceReactionVotes(tx, approval, reactionVotes(reactions, eligible, approval.requesterId));
      return (await this.decideIfDue(tx, approvalId, eligible)) ?? (await this.store.lock(tx, approvalId)).approval;
    });
  }

  /** Ends the wait if its time is up; answers how it stands, also when it was decided at the last moment. */
  async expire(approvalId: string): Promise<Approval> {
    return this.transactions.run(async (tx) => {
      const { approval } = await this.store.lock(tx, approvalId);
      if (approval.state !== 'waiting') return approval;
      return this.settle(tx, approval, 'expired', {
        by: [],
        reason: null,
        actor: SYSTEM,
        summary: 'expired without enough votes',
      });
    });
  }

  /** Withdraws what still waits for the subject. */
  async cancel(tx: Tx, subject: SubjectRef): Promise<void> {
    for (const id of await this.store.findWaiting(tx, subject)) {
      const { approval } = await this.store.lock(tx, id);
      if (approval.state === 'waiting')
        await this.settle(tx, approval, 'cancelled', { by: [], reason: null, actor: SYSTEM, summary: 'was withdrawn' });
    }
  }

  /** What waits for this person's vote. */
  async waitingFor(person: Person): Promise<Approval[]> {
    const waiting = await this.store.allWaiting(LISTED);
    const mine = await Promise.all(
      waiting.map(async (approval) =>
        person.id !== approval.requesterId && (await this.eligibleFor(approval)).has(person.id) ? [approval] : [],
      ),
    );
    return mine.flat();
  }

  /** Ids of what is past its time: the sweep's safety net behind the workflows' own deadlines. */
  overdue(): Promise<string[]> {
    return this.store.overdue(LISTED);
  }

  private async eligibleFor(approval: Approval): Promise<ReadonlySet<string>> {
    const people = await this.policy.eligible(approval.need, approval.requesterId);
    return new Set(people.map((person) => person.id));
  }

  private async replaceReactionVotes(tx: Tx, approval: Approval, wanted: ReadonlyMap<string, Choice>): Promise<void> {
    const kept = new Map(approval.votes.map((vote) => [vote.personId, vote]));
    for (const [personId, choice] of wanted) {
      const vote = kept.get(personId);
      if (vote?.choice === choice) continue;
      await this.store.putVote(tx, approval, { personId, choice, via: 'reaction', reason: null });
      await this.record(
        tx,
        approval,
        { kind: 'person', id: personId },
        'approval.voted',
        `voted ${choice} by reaction`,
      );
    }
    for (const vote of approval.votes) {
      if (vote.via !== 'reaction' || wanted.has(vote.personId)) continue;
      await this.store.removeVote(tx, approval.id, vote.personId);
      await this.record(
        tx,
        approval,
        { kind: 'person', id: vote.personId },
        'approval.vote_withdrawn',
        'withdrew their vote',
      );
    }
  }

  private async decideIfDue(tx: Tx, id: string, eligible: ReadonlySet<string>): Promise<Approval | null> {
    const { approval } = await this.store.lock(tx, id);
    const verdict = verdictOf(approval.votes, eligible, approval.requesterId, approval.need.count);
    if (verdict === null) return null;
    const choice: Choice = verdict === 'approved' ? 'yes' : 'no';
    const deciding = approval.votes.filter((vote) => vote.choice === choice && eligible.has(vote.personId));
    const by = deciding.map((vote) => vote.personId);
    const reason = deciding.find((vote) => vote.reason !== null)?.reason ?? null;
    const actor: AuditActor = { kind: 'person', id: by.at(-1) ?? '' };
    return this.settle(tx, approval, verdict, {
      by,
      reason,
      actor,
      summary: reason === null ? verdict : `${verdict}: ${reason}`,
    });
  }

  private async settle(
    tx: Tx,
    approval: Approval,
    to: Exclude<ApprovalState, 'waiting'>,
    how: { by: readonly string[]; reason: string | null; actor: AuditActor; summary: string },
  ): Promise<Approval> {
    const settled = await this.store.settle(tx, approval.id, to, how.by, how.reason);
    if (settled === null) return (await this.store.lock(tx, approval.id)).approval;
    await this.durable.send(
      tx,
      approval.workflowId,
      { outcome: to, by: [...how.by], reason: how.reason },
      'approval',
      `approval:${approval.id}`,
    );
    await this.record(tx, settled, how.actor, `approval.${to}`, how.summary);
    this.metrics.approvals.inc({ outcome: to });
    this.metrics.approvalSeconds.observe(
      { outcome: to },
      ((settled.decidedAt?.getTime() ?? 0) - settled.createdAt.getTime()) / 1000,
    );
    return settled;
  }

  private async record(tx: Tx, approval: Approval, actor: AuditActor, type: string, summary: string): Promise<void> {
    const { subject, traceId, id, digest } = approval;
    await this.changes.mark(tx, { kind: 'approval', id }, subject, { kind: 'person', id: approval.requesterId });
    await this.audit.append(tx, { type, actor, subject, traceId, summary, data: { approvalId: id, digest } });
  }
}

function settledWords(approval: Approval, expired: boolean): string {
  if (approval.state === 'waiting' && expired)
    return 'The time for this approval is over. Nothing was changed by your vote.';
  const by = approval.decidedBy.map((id) => `<@${id}>`).join(', ');
  return `This was ${approval.state}${by === '' ? '' : ` by ${by}`} already. Nothing was changed by your vote.`;
}

function notEligibleWords(approval: Approval, voterId: string): string {
  if (voterId === approval.requesterId) return 'Nobody approves their own request. Ask somebody else who may.';
  return `Your vote does not count here: wanted is ${approval.need.describe}.`;
}
