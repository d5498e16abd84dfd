import { Injectable } from '@nestjs/common';
import { IdentityRefused, People } from '../identity/index.js';
import { Policy, type VoterGroup } from '../policy/index.js';
import { AbsenceStore, type Away } from './absence.store.js';
import type { Approval } from './approval.js';
import type { Electorate } from './electorate.js';
import { groupKey, placeKey } from './group-key.js';
import { RecentAnswers, WHO_IS_AWAY } from './recent-answers.js';

type Asked = Pick<Approval, 'need' | 'requesterId' | 'escalated' | 'votes'>;
type Look = (group: VoterGroup) => Promise<readonly string[]>;

/** Who may vote. A vote asks afresh; what is only shown may be a little old, so that showing never competes with voting. */
@Injectable()
export class Electorates {
  constructor(
    private readonly policy: Policy,
    private readonly people: People,
    private readonly absences: AbsenceStore,
    private readonly recent: RecentAnswers,
  ) {}

  /** As it is at this moment, for votes. Throws when Slack can't say. */
  async fresh(approval: Asked): Promise<Electorate> {
    const stages = await this.stages(approval, (group) => this.idsOf(group, true));
    const away = await this.absences.away(everybodyIn(stages));
    return this.of(approval, stages, away, (id) => this.people.getFresh(id));
  }

  /** As it was a little while ago, for cards, never for votes. One look-up serves all who want the same people. */
  async lately(approval: Asked): Promise<Electorate> {
    const stages = await this.stages(approval, (group) =>
      this.recent.of(groupKey(group), () => this.idsOf(group, false)),
    );
    const away = await this.recent.of(WHO_IS_AWAY, () => this.absences.away(null));
    return this.of(approval, stages, away, (id) => this.people.get(id));
  }

  private stages({ need, requesterId, escalated }: Asked, look: Look): Promise<ReadonlySet<string>[][]> {
    const asked = need.stages.map(({ all }, stage) =>
      all.map(async ({ from, escalation }, group) => {
        const isEscalated = escalation !== undefined && escalated.includes(placeKey(stage, group));
        const groups = isEscalated ? [from, escalation.to] : [from];
        const people = new Set((await Promise.all(groups.map(look))).flat());
        people.delete(requesterId);
        return people;
      }),
    );
    return Promise.all(asked.map((groups) => Promise.all(groups)));
  }

  private async of(
    { requesterId, votes }: Asked,
    stages: Electorate['stages'],
    all: readonly Away[],
    look: (id: string) => Promise<unknown>,
  ): Promise<Electorate> {
    const everybody = new Set(everybodyIn(stages));
    const away = all.filter(({ personId }) => everybody.has(personId));
    const standIns = new Map<string, string[]>();
    for (const { personId, delegateId } of away)
      if (delegateId !== null && delegateId !== requesterId)
        standIns.set(delegateId, [...(standIns.get(delegateId) ?? []), personId]);
    const voted = votes.filter(({ onBehalfOf }) => onBehalfOf !== null).map(({ personId }) => personId);
    const active = new Set<string>();
    for (const id of new Set([...standIns.keys(), ...voted])) if (await mayAct(look, id)) active.add(id);
    for (const id of standIns.keys()) if (!active.has(id)) standIns.delete(id);
    return { stages, standIns, away, active };
  }

  private async idsOf(group: VoterGroup, fresh: boolean): Promise<readonly string[]> {
    return (await this.policy.voters(group, { fresh })).map((person) => person.id);
  }
}

/** Somebody who left is no stand-in; not knowing is no answer. */
async function mayAct(look: (id: string) => Promise<unknown>, id: string): Promise<boolean> {
  try {
    await look(id);
    return true;
  } catch (error) {
    if (error instanceof IdentityRefused) return false;
    throw error;
  }
}

function everybodyIn(stages: Electorate['stages']): string[] {
  return stages.flatMap((groups) => groups.flatMap((group) => [...group]));
}
