import { Inject, Injectable } from '@nestjs/common';
import { type Approval, Approvals, askedIn, Electorates } from '../../approvals/index.js';
import { ENV, type Env } from '../../config/index.js';
import { Incidents } from '../../incidents/index.js';
import { Policy } from '../../policy/index.js';
import { Requests } from '../../requests/index.js';
import { approvalCard } from './approval-card.view.js';
import { ApprovalCopies, COPY_SURFACE } from './approval-copies.js';
import { ApprovalProgresses } from './approval-progresses.js';
import type { CardMessage, CardRef, CardSource, Placement } from './card-source.js';
import { RequestStates } from './request-state.js';

export const APPROVAL_SURFACE = 'approval';

/**
 * An approval's card: in the approvals channel of the team that owns what it is about; for an incident's step in its room. With
 * copies in the direct messages of those who are asked, which follow it.
 */
@Injectable()
export class ApprovalCards implements CardSource {
  readonly kind = 'approval';

  constructor(
    private readonly approvals: Approvals,
    private readonly requests: Requests,
    private readonly incidents: Incidents,
    private readonly states: RequestStates,
    private readonly electorates: Electorates,
    private readonly progresses: ApprovalProgresses,
    private readonly copies: ApprovalCopies,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  async placements(id: string): Promise<readonly Placement[]> {
    const approval = await this.approvals.find(id);
    if (approval === null) return [];
    const card = { surface: APPROVAL_SURFACE, place: await this.placeOf(approval) };
    return [card, ...(await this.copies.placements(approval))];
  }

  async render(id: string, { surface, place, ts, maybePosted }: CardRef): Promise<CardMessage | null> {
    const approval = await this.approvals.find(id);
    if (approval === null) return null;
    // Decided before the copy was there: there is nothing left to ask this person.
    if (surface === COPY_SURFACE && approval.state !== 'waiting' && ts === null && !maybePosted) return null;
    return approvalCard({
      approval,
      progress: approval.state === 'waiting' ? await this.progresses.of(approval) : null,
      about: approval.subject.kind === 'request' ? await this.states.find(approval.subject.id) : null,
      reader: surface === COPY_SURFACE ? place : null,
    });
  }

  /** Of everybody who is asked in any stage: who is done sees it go, whose turn it is sees it come. */
  async homesOf(id: string): Promise<readonly string[]> {
    const approval = await this.approvals.find(id);
    if (approval === null) return [];
    const electorate = await this.electorates.lately(approval);
    return [...new Set(approval.need.stages.flatMap((_, stage) => [...askedIn(electorate, stage)]))];
  }

  private async placeOf({ subject, need }: Approval): Promise<string> {
    if (subject.kind === 'incident') {
      const { room } = await this.incidents.get(subject.id.split('/', 1)[0] ?? subject.id);
      return room?.channelId ?? this.env.channels.incidents;
    }
    const request = subject.kind === 'request' ? await this.requests.find(subject.id) : null;
    const [asked] = need.stages.flatMap(({ all }) => all.flatMap(({ from }) => from.teamId ?? []));
    const team = this.policy.teams().find((one) => one.id === (request?.teamId ?? asked));
    return team?.approvalsChannel ?? this.env.channels.requests;
  }
}
