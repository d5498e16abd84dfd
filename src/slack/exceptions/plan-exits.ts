import { Injectable } from '@nestjs/common';
import { BreakGlass } from '../../exceptions/index.js';
import type { Person } from '../../identity/index.js';
import type { DecisionReason, PolicyDecision } from '../../policy/index.js';
import type { Plan } from '../../requests/index.js';
import { ACTIONS } from '../action-ids.js';
import type { ButtonWish } from '../text/blocks.js';

/** The ways on from a plan that is refused or has to wait. */
@Injectable()
export class PlanExits {
  constructor(private readonly glass: BreakGlass) {}

  async of(person: Person, { decision, teamId, environment, item }: Plan, draftId: string): Promise<ButtonWish[]> {
    if (decision.outcome === 'allow') return [];
    const exits: ButtonWish[] = [];
    if (waivable(decision).length > 0)
      exits.push({
        action: ACTIONS.askException,
        label: '🎫 Ask for an exception',
        says: 'Ask the owners of the rule for an exception',
        value: draftId,
      });
    const place = { teamId, environment, itemName: item.name };
    if (onlyLiftable(decision) && (await this.glass.may(person, place)).allowed)
      exits.push({
        action: ACTIONS.breakGlass,
        label: '🔨 Break the glass',
        says: 'Go on without approvals, because of an incident',
        value: draftId,
        style: 'danger',
      });
    return exits;
  }
}

/** Rules of catalog/policies that stand in the way. */
export function waivable({ outcome, reasons }: PolicyDecision): DecisionReason[] {
  return reasons.filter((reason) => reason.content !== undefined && reason.outcome === outcome);
}

/** Whether nothing refuses but what breaking the glass lifts. */
function onlyLiftable({ reasons }: PolicyDecision): boolean {
  return reasons.every((reason) => reason.outcome !== 'deny' || reason.content !== undefined);
}
