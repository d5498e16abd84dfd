import { Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import type { Person } from '../../identity/index.js';
import { currentTraceId, Logger } from '../../platform/logging/index.js';
import { Policy } from '../../policy/index.js';
import { type Draft, Drafts, InvalidParameters, type Preview, PreviewRequest } from '../../requests/index.js';
import { AppError, publicMessageOf } from '../../shared/index.js';
import { PlanExits } from '../exceptions/plan-exits.js';
import { SlackGateway } from '../web/slack-gateway.js';
import type { Call } from '../wire/calls.js';
import { FormSteps } from './form-steps.js';
import { RequestForms } from './request-forms.js';
import { planModal, sorryModal, workingModal } from './request-plan.view.js';

/** A plan that takes longer than this is shown when it is there. */
const PATIENCE_MILLISECONDS = 1_200;

/** Works out the plan of a form that was filled in, and shows it in the form's place. */
@Injectable()
export class RequestPlans {
  constructor(
    private readonly gateway: SlackGateway,
    private readonly drafts: Drafts,
    private readonly previews: PreviewRequest,
    private readonly forms: RequestForms,
    private readonly steps: FormSteps,
    private readonly exits: PlanExits,
    private readonly policy: Policy,
    private readonly logger: Logger,
  ) {}

  async show(call: Call, person: Person, viewId: string, draft: Draft): Promise<void> {
    const planned = this.planned(person, draft);
    const patience = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MILLISECONDS, null).unref());
    const inTime = await Promise.race([planned, patience]);
    await call.delivery.ack({ response_action: 'update', view: inTime ?? workingModal() });
    if (inTime === null) await this.gateway.updateView(viewId, await planned);
  }

  /** The plan as it is now, with a word about why it is shown again. */
  async again(person: Person, draftId: string, notice: string): Promise<ModalView> {
    const preview = await this.previews.preview({ ...(await this.drafts.get(draftId, person.id)), person });
    await this.drafts.setPlan(draftId, preview.plan.digest);
    return this.modal(person, preview, draftId, notice);
  }

  /** A plan with the ways on that are open to this person. */
  async modal(
    person: Person,
    shown: Pick<Preview, 'item' | 'plan'>,
    draftId: string,
    notice?: string,
  ): Promise<ModalView> {
    const exits = await this.exits.of(person, shown.plan, draftId);
    const teamTitle = this.policy.teamTitle(shown.plan.teamId);
    return planModal(shown, draftId, {
      personId: person.id,
      teamTitle,
      exits,
      ...(notice !== undefined && { notice }),
    });
  }

  /** The plan as a view; what keeps it from being made is a view too, with the way back to what was typed. */
  private async planned(person: Person, draft: Draft): Promise<ModalView> {
    try {
      const preview = await this.previews.preview({ ...draft, person });
      await this.drafts.setPlan(draft.id, preview.plan.digest);
      return await this.modal(person, preview, draft.id);
    } catch (error) {
      if (error instanceof InvalidParameters) {
        const gone = await this.steps.leadTo(person, draft, error.errors);
        return this.forms.complaining(person, gone, error.errors);
      }
      if (!(error instanceof AppError)) this.logger.error('A plan could not be worked out', error);
      return sorryModal(publicMessageOf(error, currentTraceId()), draft.id);
    }
  }
}
