import type { CatalogItem } from '../../catalog/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { button, context, fitting, section } from '../text/blocks.js';
import { code, escape, hoursWords } from '../text/mrkdwn.js';

const MOST = 15;

/** What there is to request, each with its button. */
export function catalogWords(items: readonly CatalogItem[], searched: string): Words {
  const about = searched === '' ? '' : ` for “${escape(searched, 80)}”`;
  if (items.length === 0) return { text: `The catalog has nothing${about}. Leave the words out to see all of it.` };
  const count = items.length === 1 ? '1 item' : `${items.length} items`;
  return {
    text: `The catalog has ${count}${about}.`,
    blocks: fitting([
      section(`The catalog has ${count}${about}.`),
      ...items.slice(0, MOST).flatMap((item) => [card(item), small(item)]),
      ...(items.length > MOST ? [context(`_${items.length - MOST} more; add a word to search for._`)] : []),
    ]),
  };
}

function card(item: CatalogItem): ReturnType<typeof section> {
  const old = item.lifecycle === 'deprecated' ? ' · ⚠️ deprecated' : '';
  return section(
    `*${escape(item.title, 150)}*${old}\n${escape(item.summary, 600)}`,
    button({
      action: ACTIONS.requestItem,
      label: 'Request',
      says: `Request ${item.title}`,
      value: item.name,
      style: 'primary',
    }),
  );
}

function small({ name, version, environments, lease, owner, tags }: CatalogItem): ReturnType<typeof context> {
  const facts = [
    code(name),
    code(version),
    environments.map((one) => escape(one, 40)).join(', '),
    `lease ${hoursWords(lease.defaultHours)}, at most ${hoursWords(lease.maxHours)}`,
    `by ${escape(owner, 60)}`,
    tags.map((tag) => escape(tag, 40)).join(' '),
  ];
  return context(facts.filter((fact) => fact !== '').join(' · '));
}
