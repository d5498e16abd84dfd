import { ACTIONS } from '../action-ids.js';
import type { RequestPhase } from '../cards/request-card.view.js';
import type { ButtonWish } from '../text/blocks.js';
import { plain } from '../text/mrkdwn.js';

/** What can be done to a request that is not finished, or failed; null for the phases of what it made. It is asked again once. */
export function runButtons(
  { id, title, isFollowed }: { id: string; title: string; isFollowed: boolean },
  phase: RequestPhase,
): ButtonWish[] | null {
  const log: ButtonWish = { action: ACTIONS.fullLog, label: 'Full log', says: `The full log of ${title}`, value: id };
  const help: ButtonWish = {
    action: ACTIONS.getHelp,
    label: 'Get help',
    says: `Ask for help with ${title}`,
    value: id,
  };
  const cancel: ButtonWish = {
    action: ACTIONS.cancelRequest,
    label: 'Cancel request',
    says: `Cancel the request for ${title}`,
    value: id,
  };
  const again: ButtonWish = {
    action: ACTIONS.changeAndAskAgain,
    label: 'Change and ask again…',
    says: `Change the request for ${title} and ask again`,
    value: id,
  };
  const onceMore = isFollowed ? [] : [again];
  switch (phase) {
    case 'awaiting-approval':
      return [
        { ...again, label: 'Change…', says: `Change the request for ${title}; votes so far are void then` },
        cancel,
      ];
    case 'provisioning':
      return [{ ...cancel, label: 'Cancel', confirm: sure('What was made so far is taken back.', 'Cancel it') }, log];
    case 'halted':
      return [
        {
          action: ACTIONS.retryRun,
          label: 'Retry from here',
          says: `Go on with ${title} where it failed`,
          value: id,
          style: 'primary',
        },
        {
          action: ACTIONS.rollBackRun,
          label: 'Roll back',
          says: `Take back what was made of ${title}`,
          value: id,
          style: 'danger',
          confirm: sure('What was made so far is taken back, with its data.', 'Roll back'),
        },
        help,
        log,
      ];
    case 'failed':
      return [...onceMore, help, log];
    case 'denied':
    case 'expired':
    case 'cancelled':
      return onceMore;
    default:
      return null;
  }
}

function sure(question: string, yes: string): NonNullable<ButtonWish['confirm']> {
  return {
    title: plain('Are you sure?', 100),
    text: plain(question, 300),
    confirm: plain(yes, 30),
    deny: plain('Not now', 30),
  };
}
