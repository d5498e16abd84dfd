import { ActionFailed } from '../../orchestrator/index.js';

/** Slack's refusal of what a step wanted. */
export class SlackSaidNo extends ActionFailed {
  constructor(
    /** Slack's own, such as `channel_not_found`. */
    readonly word: string,
    needed: string | undefined,
    options: { cause: unknown },
  ) {
    super(sentenceFor(word, needed), LATER.has(word), options);
  }
}

const LATER: ReadonlySet<string> = new Set(['canvas_creation_failed', 'canvas_editing_failed', 'team_added_to_org']);

const TOKEN =
  'Slack does not take the bot’s token any more. Install the app again, set SLACK_BOT_TOKEN and start the bot again.';
const SETTINGS =
  'The workspace’s settings do not let the app do this. Ask a workspace admin to allow it, then try again.';
const PERSON =
  'Slack does not let the app invite somebody of these: deactivated, a guest, or of another workspace. Leave them out.';
const NAME =
  'Slack takes no channel of this name: at most 80 lower-case letters, digits, - and _. Ask for another name.';
const PLAN =
  'Canvases are switched off for this workspace, or not part of its plan. Ask a workspace admin, or leave this step out.';

const SENTENCES: Readonly<Record<string, string>> = {
  account_inactive: TOKEN,
  invalid_auth: TOKEN,
  token_revoked: TOKEN,
  name_taken: 'Slack has a channel of this name already, perhaps a private or an archived one. Ask for another name.',
  invalid_name: NAME,
  invalid_name_maxlength: NAME,
  invalid_name_punctuation: NAME,
  invalid_name_required: NAME,
  invalid_name_specials: NAME,
  channel_not_found: 'Slack shows this channel to the bot no more. If it is private, invite the bot; then try again.',
  not_in_channel: 'The bot is not in this channel. Invite it there, then try again.',
  is_archived: 'The channel is archived. Unarchive it in Slack, or name another.',
  not_authorized: 'Slack does not let the app change a channel that it did not make. Name another.',
  restricted_action: SETTINGS,
  restricted_action_read_only_channel: SETTINGS,
  restricted_action_non_threadable_channel: SETTINGS,
  posting_to_channel_denied: SETTINGS,
  no_permission: SETTINGS,
  access_denied: SETTINGS,
  cant_invite: PERSON,
  user_not_found: PERSON,
  ura_max_channels: PERSON,
  user_is_restricted: PERSON,
  cant_kick_from_general: 'Slack lets nobody be taken out of its general channel. Name another.',
  invalid_link: 'Slack takes no bookmark to this link. Give a whole address that begins with https://.',
  too_many_bookmarks: 'A channel holds 100 bookmarks. Take one away in Slack, then try again.',
  too_many_pins: 'A channel holds 100 pins. Take one away in Slack, then try again.',
  channel_canvas_already_exists:
    'The channel has a canvas already. Put the text there by hand, or ask for a canvas that stands alone.',
  free_team_canvas_tab_already_exists:
    'On this plan a channel has one canvas, and there is one already. Put the text there by hand.',
  free_teams_cannot_create_standalone_canvases: PLAN,
  free_teams_cannot_edit_standalone_canvases: PLAN,
  team_tier_cannot_create_channel_canvases: PLAN,
  canvas_disabled_user_team: PLAN,
  canvas_creation_failed: 'Slack could not make the canvas just now.',
  canvas_editing_failed: 'Slack could not change the canvas just now.',
  canvas_not_found: 'The canvas is not there any more.',
  message_not_found: 'The message is not there any more.',
  msg_too_long: 'The text is too long for Slack. Shorten it.',
  too_long: 'The topic or the purpose is too long for Slack, which takes 250 characters. Shorten it.',
};

function sentenceFor(word: string, needed: string | undefined): string {
  if (word === 'missing_scope')
    return `The Slack app may not do this: it lacks the scope ${needed ?? 'for it'}. Add it under App Manifest (docs/slack-install.md), install the app again, then try again.`;
  return SENTENCES[word] ?? `Slack refused with ${word}. Tell the platform team.`;
}
