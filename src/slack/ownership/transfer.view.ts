import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import type { Team } from '../../policy/index.js';
import type { Resource } from '../../resources/index.js';
import { CALLBACKS } from '../action-ids.js';
import { context, section } from '../text/blocks.js';
import { code, escape, mention, plain } from '../text/mrkdwn.js';

export const TRANSFER_FORM = { person: 'person', team: 'team', reason: 'reason', value: 'value' } as const;
/** Slack shows no more in one menu. */
const MOST_TEAMS = 100;

const inView = z.object({
  [TRANSFER_FORM.person]: z.object({ [TRANSFER_FORM.value]: z.object({ selected_user: z.string() }) }),
  [TRANSFER_FORM.team]: z.object({
    [TRANSFER_FORM.value]: z.object({ selected_option: z.object({ value: z.string() }) }),
  }),
  [TRANSFER_FORM.reason]: z.object({ [TRANSFER_FORM.value]: z.object({ value: z.string().nullish() }) }),
});

export function transferEntered(view: { state: { values: unknown } }): {
  toPerson: string;
  toTeam: string;
  reason: string;
} {
  const { person, team, reason } = inView.parse(view.state.values);
  return {
    toPerson: person.value.selected_user,
    toTeam: team.value.selected_option.value,
    reason: reason.value.value ?? '',
  };
}

/** To whom, of which team, and why. */
export function transferModal(resource: Resource, teams: readonly Pick<Team, 'id' | 'title'>[]): ModalView {
  const own = teams.filter(({ id }) => id === resource.teamId);
  const others = teams.filter(({ id }) => id !== resource.teamId);
  const options = [...own, ...others]
    .slice(0, MOST_TEAMS)
    .map(({ id, title }) => ({ text: plain(title, 75), value: id }));
  const [first] = options;
  return {
    type: 'modal',
    callback_id: CALLBACKS.transfer,
    private_metadata: JSON.stringify({ resource: resource.id }),
    title: plain('Transfer', 24),
    submit: plain('Transfer', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `*${escape(resource.title, 200)}* belongs to ${mention(resource.ownerId)}. Whoever gets it is warned before its lease ends, may destroy it, and fetches its credentials.`,
      ),
      context(`${escape(own[0]?.title ?? resource.teamId)}, ${escape(resource.environment)} · ${code(resource.id)}`),
      {
        type: 'input',
        block_id: TRANSFER_FORM.person,
        label: plain('To whom', 100),
        element: { type: 'users_select', action_id: TRANSFER_FORM.value },
      },
      {
        type: 'input',
        block_id: TRANSFER_FORM.team,
        label: plain('Of which team', 100),
        hint: plain('Another team is asked first: it counts against its quota and budget.', 150),
        element: {
          type: 'static_select',
          action_id: TRANSFER_FORM.value,
          options,
          ...(first !== undefined && { initial_option: first }),
        },
      },
      {
        type: 'input',
        block_id: TRANSFER_FORM.reason,
        optional: true,
        label: plain('Why', 100),
        element: { type: 'plain_text_input', action_id: TRANSFER_FORM.value, multiline: true, max_length: 500 },
      },
    ],
  };
}
