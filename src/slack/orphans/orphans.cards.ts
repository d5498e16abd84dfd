import { Injectable } from '@nestjs/common';
import { Orphans } from '../../lifecycle/index.js';
import { Policy } from '../../policy/index.js';
import type { CardMessage, CardSource, Placement } from '../cards/card-source.js';
import { orphansWords } from './orphans.view.js';

/** One card with all that nobody has any more, where the platform team reads it; from the first such thing on. */
@Injectable()
export class OrphansCards implements CardSource {
  readonly kind = 'orphans';

  constructor(
    private readonly orphans: Orphans,
    private readonly policy: Policy,
  ) {}

  async placements(): Promise<readonly Placement[]> {
    if ((await this.orphans.list()).orphans.length === 0) return [];
    return [{ surface: 'orphans', place: this.policy.contactChannel() }];
  }

  async render(): Promise<CardMessage> {
    return orphansWords(await this.orphans.list(), (team) => this.policy.teamTitle(team));
  }
}
