import type { KnownBlock } from '@slack/web-api';
import type { Resource, ResourceState } from '../../resources/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { type ButtonWish, buttons, fitting, section } from '../text/blocks.js';
import { code, dateWords, escape, mention } from '../text/mrkdwn.js';

export const STATES: Readonly<Record<ResourceState, { icon: string; words: string }>> = {
  provisioning: { icon: '🔄', words: 'not ready yet' },
  active: { icon: '🟢', words: 'in use' },
  destroying: { icon: '🔄', words: 'being destroyed' },
  destroyed: { icon: '⚫', words: 'destroyed' },
  'destroy-failed': { icon: '⚠️', words: 'could not be destroyed' },
  failed: { icon: '❌', words: 'never finished' },
};
const MOST = 20;

/** The newest version of what a resource was made by, where it is another one. */
export type NewestVersion = (resource: Resource) => string | null;

export interface ResourcesAbout {
  readonly teamTitle: (teamId: string) => string;
  readonly newest?: NewestVersion;
}

/** `/qm resources` */
export function resourcesWords(
  resources: readonly Resource[],
  personId: string,
  command: string,
  about: ResourcesAbout,
): Words {
  if (resources.length === 0) return { text: `You have no resources. Get one with \`${command} request\`.` };
  const count = resources.length === 1 ? '1 resource' : `${resources.length} resources`;
  const more =
    resources.length > MOST
      ? [section(`_${resources.length - MOST} more are not shown; the App Home of Quartermaster lists yours._`)]
      : [];
  return {
    text: `You and your teams have ${count}.`,
    blocks: fitting([...resourceBlocks(resources.slice(0, MOST), personId, about), ...more]),
  };
}

/** Each with its time left and what may be pressed. */
export function resourceBlocks(
  resources: readonly Resource[],
  personId: string,
  { teamTitle, newest = () => null }: ResourcesAbout,
): KnownBlock[] {
  return resources.flatMap((resource) => {
    const version = newest(resource);
    return [
      section(`${wordsOf(resource, personId, teamTitle)}${versionWords(resource, version)}`),
      ...buttons(`resource_${resource.id}`, [
        ...buttonsOf(resource, personId),
        ...(version === null ? [] : [compareButton(resource, version)]),
      ]),
    ];
  });
}

function wordsOf(resource: Resource, personId: string, teamTitle: ResourcesAbout['teamTitle']): string {
  const { title, state, environment, teamId, leaseEndsAt, ownerId, id } = resource;
  const { icon, words } = STATES[state];
  const lease = state === 'active' && leaseEndsAt !== null ? ` · lease ends ${dateWords(leaseEndsAt)}` : '';
  const owner = ownerId === personId ? '' : ` · of ${mention(ownerId)}`;
  return `${icon} *${escape(title, 200)}* · ${words}\n${escape(teamTitle(teamId))}, ${escape(environment)}${lease}${owner} · ${code(id)}`;
}

function versionWords({ itemVersion }: Resource, newest: string | null): string {
  return newest === null ? '' : `\nmade by ${escape(itemVersion, 40)}, the newest is ${escape(newest, 40)}`;
}

function compareButton({ id, title }: Resource, version: string): ButtonWish {
  const says = `What ${version} would change for ${title}`;
  return { action: ACTIONS.compareVersions, label: `Upgrade to ${version}…`, says, value: id };
}

function buttonsOf({ id, title, state, secretRef, ownerId }: Resource, personId: string): ButtonWish[] {
  const destroy: ButtonWish = {
    action: ACTIONS.destroy,
    label: 'Destroy',
    says: `Destroy ${title}`,
    value: id,
    style: 'danger',
  };
  if (state === 'destroy-failed') return [destroy];
  if (state !== 'active') return [];
  const how: ButtonWish = {
    action: ACTIONS.showHow,
    label: 'Show me how',
    says: `Show me how to fetch the credentials of ${title}`,
    value: id,
  };
  const extend: ButtonWish = {
    action: ACTIONS.extend,
    label: 'Extend',
    says: `Extend the lease of ${title}`,
    value: id,
  };
  const transfer: ButtonWish = {
    action: ACTIONS.transfer,
    label: 'Transfer',
    says: `Give ${title} to somebody else`,
    value: id,
  };
  const more: ButtonWish = {
    action: ACTIONS.showResource,
    label: 'More',
    says: `Whether ${title} was changed, and what can be done to it`,
    value: id,
  };
  return [...(secretRef !== null && ownerId === personId ? [how] : []), extend, more, transfer, destroy];
}
