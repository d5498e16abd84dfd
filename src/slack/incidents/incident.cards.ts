import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { Incidents } from '../../incidents/index.js';
import type { CardMessage, CardRef, CardSource, Placement } from '../cards/card-source.js';
import { incidentCard, incidentPointer } from './incident-card.view.js';
import { playbookCard } from './playbook-card.view.js';

/** The card that is pinned. */
export const INCIDENT_SURFACE = 'incident';
const POINTER_SURFACE = 'incident-pointer';
const PLAYBOOK_SURFACE = 'playbook:';

/** An incident's cards: its own and its playbooks' in its room, and a pointer in the incidents channel. */
@Injectable()
export class IncidentCards implements CardSource {
  readonly kind = 'incident';

  constructor(
    private readonly incidents: Incidents,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  async placements(id: string): Promise<readonly Placement[]> {
    if (isStep(id)) return [];
    const { incident, playbooks } = await this.incidents.view(id);
    const { room } = incident;
    // Before there is a room there is nowhere to stand; a moment later there is.
    if (room === null) return [];
    return [
      { surface: INCIDENT_SURFACE, place: room.channelId },
      ...playbooks.map((playbook) => ({ surface: `${PLAYBOOK_SURFACE}${playbook.id}`, place: room.channelId })),
      ...(room.own ? [{ surface: POINTER_SURFACE, place: this.env.channels.incidents }] : []),
    ];
  }

  async render(id: string, { surface }: CardRef): Promise<CardMessage | null> {
    const view = await this.incidents.view(id);
    if (surface === INCIDENT_SURFACE) return incidentCard(view);
    if (surface === POINTER_SURFACE) return incidentPointer(view);
    const playbook = view.playbooks.find((one) => surface === `${PLAYBOOK_SURFACE}${one.id}`);
    return playbook === undefined ? null : playbookCard(view, playbook);
  }

  /** Its own channel; in the incidents channel, the thread under its card. */
  async threadOf(id: string): Promise<{ channel: string } | null> {
    const { room } = await this.incidents.get(incidentOf(id));
    return room?.own === true ? { channel: room.channelId } : null;
  }
}

/** A step's approval is about `<incident>/<step>`. */
function isStep(id: string): boolean {
  return id.includes('/');
}

function incidentOf(id: string): string {
  return id.split('/', 1)[0] ?? id;
}
