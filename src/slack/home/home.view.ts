import type { HomeView, KnownBlock } from '@slack/web-api';
import type { Approval } from '../../approvals/index.js';
import type { RequestRecord } from '../../requests/index.js';
import type { Resource } from '../../resources/index.js';
import { ACTIONS } from '../action-ids.js';
import { PHASES, phaseOf } from '../cards/request-card.view.js';
import { type ResourcesAbout, resourceBlocks } from '../resources/resources.view.js';
import { buttons, context, divider, fitting, header, section } from '../text/blocks.js';
import { code, dateWords, escape, mention } from '../text/mrkdwn.js';

export interface HomeState {
  readonly personId: string;
  readonly command: string;
  readonly waiting: readonly Approval[];
  readonly requests: readonly { request: RequestRecord; resource: Resource | null }[];
  readonly resources: readonly Resource[];
  readonly about: ResourcesAbout;
}

const MOST = 10;
const MAX_HOME_BLOCKS = 100;

/** What concerns one person: what waits for them, what they asked for, what they have. */
export function homeView(state: HomeState): HomeView {
  const { personId, command } = state;
  return {
    type: 'home',
    blocks: fitting(
      [
        section(`Hello ${mention(personId)}. Request what you need, here or with ${code(command)} anywhere.`),
        ...buttons('home_actions', [
          {
            action: ACTIONS.requestItem,
            label: 'Request something',
            says: 'Request something from the catalog',
            style: 'primary',
          },
          { action: ACTIONS.showCatalog, label: 'Catalog', says: 'Show the catalog' },
        ]),
        header('Waits for your approval'),
        ...waitingBlocks(state.waiting),
        divider,
        header('My teams’ resources'),
        ...(state.resources.length === 0
          ? [context('Nothing yet.')]
          : resourceBlocks(state.resources.slice(0, MOST), personId, state.about)),
        divider,
        header('My requests'),
        ...requestBlocks(state.requests.slice(0, MOST)),
      ],
      MAX_HOME_BLOCKS,
    ),
  };
}

function waitingBlocks(waiting: readonly Approval[]): KnownBlock[] {
  if (waiting.length === 0) return [context('Nothing. 🎉')];
  return waiting.slice(0, MOST).flatMap((approval) => [
    section(
      `*${escape(approval.title, 200)}*\nasked by ${mention(approval.requesterId)} · wanted: ${escape(approval.need.describe)} · until ${dateWords(approval.expiresAt)}`,
    ),
    ...buttons(`home_approval_${approval.id}`, [
      {
        action: ACTIONS.approve,
        label: 'Approve',
        says: `Approve ${approval.title}`,
        value: approval.id,
        style: 'primary',
      },
      {
        action: ACTIONS.deny,
        label: 'Deny…',
        says: `Deny ${approval.title}, with a reason`,
        value: approval.id,
        style: 'danger',
      },
    ]),
  ]);
}

function requestBlocks(requests: HomeState['requests']): KnownBlock[] {
  if (requests.length === 0) return [context('Nothing yet.')];
  return requests.map(({ request, resource }) => {
    const { icon, words } = PHASES[phaseOf({ request, resource })];
    return section(
      `${icon} *${escape(resource?.title ?? request.itemName, 200)}* · ${words}\n${dateWords(request.createdAt)} · ${code(request.id)}`,
      {
        type: 'button',
        action_id: ACTIONS.showStatus,
        value: request.id,
        text: { type: 'plain_text', text: 'Status' },
        accessibility_label: `Status of ${request.id}`,
      },
    );
  });
}
