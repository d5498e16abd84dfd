import { ActionFailed } from '../../action.js';
import { SlackForSteps, type SlackHands } from './ports.js';

/** Slack is looked up when it is used: it stands above everything. Without one (the linter has none) steps are known and can’t be run. */
export class LateSlack extends SlackForSteps {
  constructor(private readonly slack: () => SlackForSteps | null) {
    super();
  }

  hands(signal: AbortSignal): SlackHands {
    const slack = this.slack();
    if (slack === null) throw new ActionFailed('Slack is not connected here. Nothing was changed.', false);
    return slack.hands(signal);
  }
}
