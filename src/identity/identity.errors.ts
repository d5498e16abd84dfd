import { AppError } from '../shared/index.js';

type Refusal = 'unknown' | 'bot' | 'deactivated' | 'guest' | 'foreign_workspace' | 'no_email' | 'ambiguous';

const SENTENCES: Record<Refusal, string> = {
  unknown: 'Slack does not know this user. Nothing was done. Try again from your own account.',
  bot: 'Bots and apps cannot use Quartermaster. Nothing was done. Do it from your own account.',
  deactivated: 'This account is deactivated. Nothing was done. Ask a workspace administrator to activate it again.',
  guest: 'Guests cannot use Quartermaster. Nothing was done. Ask a full member of your team to do it for you.',
  foreign_workspace:
    'Only people of this workspace can use Quartermaster. Nothing was done. Ask a member of the workspace to do it for you.',
  no_email:
    'Slack shows no e-mail address for this account, so its team is unknown. Nothing was done. Add your e-mail to your Slack profile and try again.',
  ambiguous:
    'More than one Slack account answers to this e-mail address. Nothing was done. Ask a workspace administrator to sort the accounts out.',
};

/** Slack answered, and this is nobody who may act. */
export class IdentityRefused extends AppError {
  readonly code: `identity.${Refusal}`;

  constructor(
    readonly refusal: Refusal,
    slackUserId: string,
  ) {
    super(SENTENCES[refusal], { details: { slackUserId } });
    this.code = `identity.${refusal}`;
  }
}

/** Slack could not be asked: nobody is recognised until it can. */
export class IdentityUnavailable extends AppError {
  readonly code = 'identity.slack_unavailable';

  constructor(cause: unknown) {
    super(
      'Slack could not be asked who you are, so nothing was done. Everything you started earlier is kept. Try again in a minute.',
      { cause },
    );
  }
}

/** The schedule names nobody for now, or could not be read. */
export class NobodyOnCall extends AppError {
  readonly code = 'identity.nobody_on_call';

  constructor(cause?: unknown) {
    super(
      'The on-call schedule names nobody who can be reached in Slack. Everything else goes on; invite somebody by hand, and mend catalog/on-call.yaml.',
      { cause },
    );
  }
}
