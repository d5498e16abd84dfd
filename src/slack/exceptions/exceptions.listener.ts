import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { BreakGlass, Exceptions } from '../../exceptions/index.js';
import { Policy } from '../../policy/index.js';
import { Drafts, PreviewRequest } from '../../requests/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import {
  askExceptionModal,
  askedModal,
  breakGlassModal,
  EXCEPTION_FORM,
  exceptionsWords,
  revokedWords,
} from './exceptions.view.js';
import { waivable } from './plan-exits.js';

const ofForm = z.object({ draft: z.string() });
const picked = z.object({ selected_option: z.object({ value: z.string() }) });
const typed = z.object({ value: z.string().nullish() });

/** Exceptions from rules and breaking the glass: from a plan, and `/qm exceptions`. */
@Injectable()
export class ExceptionsFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'exceptions',
      usage: '',
      summary: 'rules that are lifted for a while, and what waits for a decision',
      inThreads: true,
      run: (call) => this.list(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly drafts: Drafts,
    private readonly previews: PreviewRequest,
    private readonly exceptions: Exceptions,
    private readonly glass: BreakGlass,
    private readonly policy: Policy,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.askException, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const draft = await this.drafts.get(clickedId(action), person.id);
      const { plan } = await this.previews.preview({ ...draft, person });
      const view = askExceptionModal(draft.id, waivable(plan.decision));
      await this.gateway.pushView(triggerOf(body), view);
    });
    app.action(ACTIONS.breakGlass, async ({ ack, action, body }) => {
      await ack();
      const incidents = await this.glass.openIncidents();
      await this.gateway.pushView(triggerOf(body), breakGlassModal(clickedId(action), incidents));
    });
    app.action(ACTIONS.revokeException, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const revoked = await this.exceptions.revoke({ id: clickedId(action), person: await call.person() });
      await call.tell(revokedWords(revoked));
    });
    app.view(CALLBACKS.askException, async ({ view, context }) => this.ask(this.calls.of(context), view));
    app.view(CALLBACKS.breakGlass, async ({ view, context }) => this.breakIt(this.calls.of(context), view));
  }

  private async list({ person, reply }: CommandCall): Promise<void> {
    const all = await this.exceptions.listFor(person);
    await reply(
      exceptionsWords(
        all.map((exception) => ({ exception, mayRevoke: this.exceptions.mayRevoke(person, exception) })),
        (team) => this.policy.teamTitle(team),
      ),
    );
  }

  private async ask(call: Call, view: SubmittedView): Promise<void> {
    const person = await call.person();
    const { itemName, teamId, environment, id } = await this.drafts.get(metadataOf(view, ofForm).draft, person.id);
    const ruleId = pick(view, EXCEPTION_FORM.rule);
    await this.exceptions.ask({
      person,
      ruleId,
      place: { itemName, teamId, environment },
      reason: text(view),
      hours: Number(pick(view, EXCEPTION_FORM.hours)),
      traceId: call.traceId,
      idempotencyKey: `${id}:${ruleId}:${view.id}`,
      draftId: id,
    });
    const sentence =
      'Asked. You hear from me when it is decided, with a button to go on from here. The list of exceptions shows where it stands.';
    await call.delivery.ack({ response_action: 'update', view: askedModal(sentence) });
  }

  private async breakIt(call: Call, view: SubmittedView): Promise<void> {
    const person = await call.person();
    const { itemName, teamId, environment, id } = await this.drafts.get(metadataOf(view, ofForm).draft, person.id);
    await this.glass.break({
      person,
      place: { itemName, teamId, environment },
      incidentId: pick(view, EXCEPTION_FORM.incident),
      reason: text(view),
      traceId: call.traceId,
      idempotencyKey: `${id}:glass:${view.id}`,
    });
    const sentence =
      'The glass is broken; everybody was told. Go back to the form and look at the plan again: it wants no approval now.';
    await call.delivery.ack({ response_action: 'update', view: askedModal(sentence) });
  }
}

interface SubmittedView {
  readonly id: string;
  readonly private_metadata: string;
  readonly state: { values: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

interface Field {
  readonly block: string;
  readonly action: string;
}

function pick(view: SubmittedView, { block, action }: Field): string {
  return picked.parse(view.state.values[block]?.[action]).selected_option.value;
}

function text(view: SubmittedView): string {
  const { block, action } = EXCEPTION_FORM.reason;
  return typed.parse(view.state.values[block]?.[action]).value ?? '';
}
