import type { AuditRecord } from '../../audit/index.js';
import type { QueuePlace, RequestRecord } from '../../requests/index.js';
import type { Resource } from '../../resources/index.js';
import { ACTIONS } from '../action-ids.js';
import { PHASES, phaseOf, requestCard } from '../cards/request-card.view.js';
import type { RequestState } from '../cards/request-state.js';
import { placeBlocks } from '../queue/queue.view.js';
import type { Words } from '../slack-feature.js';
import { button, fitting, lines, section } from '../text/blocks.js';
import { code, dateWords, escape, mention } from '../text/mrkdwn.js';

/** `/qm status <request>`: its card as it is now, and its trail. */
export function statusWords(state: RequestState, trail: readonly AuditRecord[]): Words {
  const card = requestCard(state);
  return { text: card.text, blocks: fitting([...card.blocks, section(`*Trail*\n${trailLines(trail)}`)]) };
}

/** Who did what and when, oldest first. */
function trailLines(trail: readonly AuditRecord[]): string {
  if (trail.length === 0) return '_Nothing yet._';
  const all = trail.map(({ at, actor, summary }) => {
    const who = actor.kind === 'person' ? mention(actor.id) : '_Quartermaster_';
    return `${dateWords(at)} ${who} ${escape(summary.replaceAll(/\s+/g, ' '), 300)}`;
  });
  return lines(all, 'more events', 2800);
}

/** `/qm status`: the latest requests. */
export function latestWords(
  requests: readonly { request: RequestRecord; resource: Resource | null }[],
  places: readonly QueuePlace[],
  command: string,
  teamTitle: (teamId: string) => string,
): Words {
  if (requests.length + places.length === 0)
    return { text: `You have requested nothing yet. Begin with \`${command} request\`.` };
  return {
    text: `Your latest ${requests.length === 1 ? 'request' : `${requests.length} requests`}.`,
    blocks: fitting([
      ...placeBlocks(places, teamTitle),
      ...requests.map(({ request, resource }) => {
        const { icon, words } = PHASES[phaseOf({ request, resource })];
        return section(
          `${icon} *${escape(resource?.title ?? request.itemName, 200)}* · ${words}\n${escape(request.environment)} · ${dateWords(request.createdAt)} · ${code(request.id)}`,
          button({ action: ACTIONS.showStatus, label: 'Status', says: `Status of ${request.id}`, value: request.id }),
        );
      }),
    ]),
  };
}

/** `/qm status que-…`: a place in the queue, or what became of it. */
export function queuedWords(place: QueuePlace, teamTitle: (teamId: string) => string): Words {
  return {
    text: `${escape(place.queued.title, 200)}: ${place.queued.state}`,
    blocks: placeBlocks([place], teamTitle),
  };
}
