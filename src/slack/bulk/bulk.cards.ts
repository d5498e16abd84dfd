import { Injectable } from '@nestjs/common';
import { type Bulk, type BulkRow, Bulks } from '../../bulk/index.js';
import { Policy } from '../../policy/index.js';
import { Requests } from '../../requests/index.js';
import { CardPlaces } from '../cards/card-places.js';
import type { CardMessage, CardSource, Placement } from '../cards/card-source.js';
import { REQUEST_SURFACE } from '../cards/request.cards.js';
import { Workspace } from '../web/workspace.js';
import { bulkCard } from './bulk-card.view.js';

/** The summary of a file of requests: in the channel of the team they are for, or with whoever sent it if there are several. */
@Injectable()
export class BulkCards implements CardSource {
  readonly kind = 'bulk';

  constructor(
    private readonly bulks: Bulks,
    private readonly requests: Requests,
    private readonly policy: Policy,
    private readonly places: CardPlaces,
    private readonly workspace: Workspace,
  ) {}

  async placements(id: string): Promise<readonly Placement[]> {
    const bulk = await this.bulks.find(id);
    if (bulk === null) return [];
    return [{ surface: 'bulk', place: this.placeOf(bulk, await this.bulks.rowsOf(id)) }];
  }

  async render(id: string): Promise<CardMessage | null> {
    const bulk = await this.bulks.find(id);
    if (bulk === null) return null;
    const rows = await this.bulks.rowsOf(id);
    const ids = rows.flatMap(({ requestId }) => requestId ?? []);
    const [states, links] = await Promise.all([this.requests.statesOf(ids), this.linksTo(ids)]);
    return bulkCard({ bulk, rows, states, links });
  }

  /** A channel's name, or the person's id. */
  placeOf({ personId }: Pick<Bulk, 'personId'>, rows: readonly Pick<BulkRow, 'wish'>[]): string {
    const [teamId, ...others] = new Set(rows.map(({ wish }) => wish.teamId));
    const team = this.policy.teams().find((one) => one.id === teamId);
    return team === undefined || others.length > 0 ? personId : team.channel;
  }

  private async linksTo(ids: readonly string[]): Promise<Map<string, string>> {
    const cards = await this.places.findMany('request', ids, REQUEST_SURFACE);
    const { url } = await this.workspace.facts();
    return new Map(
      [...cards].map(([id, { channel, ts }]) => [id, `${url}archives/${channel}/p${ts.replace('.', '')}`]),
    );
  }
}
