import { Inject, Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { Catalog } from '../../catalog/index.js';
import { ENV, type Env } from '../../config/index.js';
import { People, type Person } from '../../identity/index.js';
import { DatabaseUnavailable } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { BudgetExceeded, QuotaExceeded } from '../../quotas/index.js';
import { AlreadyThere, Drafts, PlanChanged, RequestRefused, SubmitRequest } from '../../requests/index.js';
import { AppError, messageOf, publicMessageOf } from '../../shared/index.js';
import { sorryModal } from '../request/request-plan.view.js';
import { RequestPlans } from '../request/request-plans.js';
import { code, escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { sentModal } from './sending.view.js';
import type { SentPlan } from './sent-plan.store.js';

interface Outcome {
  readonly view: ModalView;
  /** Null when it was opened. */
  readonly problem: string | null;
}

/** Makes a request of a plan that was sent, and says what became of it. */
@Injectable()
export class PlanOpener {
  constructor(
    private readonly people: People,
    private readonly submissions: SubmitRequest,
    private readonly drafts: Drafts,
    private readonly catalog: Catalog,
    private readonly plans: RequestPlans,
    private readonly gateway: SlackGateway,
    private readonly logger: Logger,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  /** One from the line, in whose modal the person may still wait. Repeating it makes nothing twice. @throws DatabaseUnavailable */
  async open(sent: SentPlan): Promise<void> {
    const { view, problem } = await this.outcome(sent);
    try {
      await this.gateway.updateView(sent.viewId, view);
    } catch (error) {
      this.logger.debug('A modal was gone when its plan was opened', { error: messageOf(error) });
      // Of what was opened its card tells; of what was not, nothing would.
      if (problem === null) return;
      const text = `A request that you sent was not opened. ${escape(problem)}`;
      await this.gateway.post({ channel: await this.gateway.directChannel(sent.personId), text });
    }
  }

  /** What was looked at is not what would happen: the plan as it is now, with why. @throws the error, if it is another one */
  async lookAgain(error: unknown, draftId: string, person: Person): Promise<ModalView> {
    if (error instanceof PlanChanged) {
      await this.drafts.setPlan(draftId, error.plan.digest);
      const item = this.catalog.item(error.plan.item.name);
      return this.plans.modal(person, { item, plan: error.plan }, draftId, error.publicMessage);
    }
    if (error instanceof AlreadyThere) return sorryModal(error.publicMessage, draftId);
    const limited =
      error instanceof QuotaExceeded || error instanceof BudgetExceeded || error instanceof RequestRefused;
    if (!limited) throw error;
    // The new plan names who holds what, and the way out.
    return this.plans.again(person, draftId, error.publicMessage);
  }

  /** `/qm status …`, as a sentence. */
  whereItStands(requestId: string): string {
    return `Your request ${code(requestId)} is on its way. \`${this.env.slackCommand} status ${requestId}\` says where it stands.`;
  }

  private async outcome({ draftId, personId, traceId }: SentPlan): Promise<Outcome> {
    try {
      const person = await this.people.get(personId);
      try {
        const request = await this.submissions.submitDraft({ draftId, person, traceId });
        return { view: sentModal(this.whereItStands(request.id)), problem: null };
      } catch (error) {
        return { view: await this.lookAgain(error, draftId, person), problem: publicMessageOf(error, traceId) };
      }
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error;
      if (!(error instanceof AppError)) this.logger.error('A plan that was sent could not be opened', error);
      const problem = publicMessageOf(error, traceId);
      return { view: sorryModal(problem, draftId), problem };
    }
  }
}
