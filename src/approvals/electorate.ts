import { Injectable } from '@nestjs/common';
import { type ApprovalNeed, Policy } from '../policy/index.js';
import { Clock, canonicalJson } from '../shared/index.js';

/** Short enough that a card is never more than a moment behind, long enough that a thousand cards ask once. */
const SHOWN_MILLISECONDS = 5_000;
const MAX_REMEMBERED = 1_000;

interface Remembered {
  readonly until: number;
  readonly people: Promise<readonly string[]>;
}

/** Who may vote. A vote asks afresh; what is only shown may be a few seconds old, so that showing never competes with voting. */
@Injectable()
export class Electorate {
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly policy: Policy,
    private readonly clock: Clock,
  ) {}

  /** Slack user ids of those whose vote counts at this moment. The requester is never among them. */
  async fresh(need: ApprovalNeed, requesterId: string): Promise<ReadonlySet<string>> {
    const people = await this.policy.eligible(need, requesterId);
    return new Set(people.map((person) => person.id));
  }

  /** As {@link fresh}, as it was a few seconds ago at most: for cards, never for votes. One look-up serves all who want the same people. */
  async lately(need: ApprovalNeed, requesterId: string): Promise<readonly string[]> {
    const people = await this.remember(canonicalJson(need.from), need);
    return people.filter((id) => id !== requesterId);
  }

  private remember(key: string, need: ApprovalNeed): Promise<readonly string[]> {
    const now = this.clock.now().getTime();
    const known = this.remembered.get(key);
    if (known !== undefined && now < known.until) return known.people;
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    const people = this.policy.eligible(need, '').then((found) => found.map((person) => person.id));
    this.remembered.set(key, { until: now + SHOWN_MILLISECONDS, people });
    people.catch(() => {
      if (this.remembered.get(key)?.people === people) this.remembered.delete(key);
    });
    return people;
  }
}
