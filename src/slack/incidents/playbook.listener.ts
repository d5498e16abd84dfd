import { Injectable } from '@nestjs/common';
import type { Context } from '@slack/bolt';
import { z } from 'zod';
import { Playbooks, RollBackStep, RunStep, type StepClick, TickStep } from '../../incidents/index.js';
import type { SlackFeature } from '../slack-feature.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedValue, StaleControl } from '../wire/parsed.js';
import { PLAYBOOK_ACTIONS } from './playbook-card.view.js';

/** `<playbook>/<step>/<attempt the card showed>` */
const STEP_BUTTON = /^(?<playbookId>pbk-[0-9a-z]{8})\/(?<stepName>[A-Za-z0-9_-]{1,64})\/(?<attempt>\d{1,6})$/;
/** `<incident>/<runbook>` */
const CHOICE = /^(?<incidentId>inc-[0-9a-z]{8})\/(?<runbook>[a-z0-9-]{1,64})$/;
const selected = z.object({ selected_option: z.object({ value: z.string() }) });

/** The buttons of a playbook's steps. Who may, and whether the step still stands as the card showed it, is asked again at every click. */
@Injectable()
export class PlaybookListener implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly playbooks: Playbooks,
    private readonly runStep: RunStep,
    private readonly tickStep: TickStep,
    private readonly rollBackStep: RollBackStep,
  ) {}

  register(app: Listeners): void {
    app.action(PLAYBOOK_ACTIONS.run, async (args) => {
      const asked = (await this.runStep.run(await this.click(args))) === 'asked';
      if (asked) await this.sayItWaits(args.context);
    });
    app.action(PLAYBOOK_ACTIONS.done, async (args) => {
      const asked = (await this.tickStep.markDone(await this.click(args))) === 'asked';
      if (asked) await this.sayItWaits(args.context);
    });
    app.action(PLAYBOOK_ACTIONS.skip, async (args) => this.tickStep.skip(await this.click(args)));
    app.action(PLAYBOOK_ACTIONS.rollBack, async (args) => this.rollBackStep.rollBack(await this.click(args)));
    app.action(PLAYBOOK_ACTIONS.choose, async ({ action, context }) => {
      const { incidentId = '', runbook = '' } = read(CHOICE, selected.safeParse(action).data?.selected_option.value);
      await this.playbooks.choose(incidentId, runbook, await this.calls.of(context).person());
    });
  }

  private async click({ action, context }: { context: Context; action: unknown }): Promise<StepClick> {
    const { playbookId = '', stepName = '', attempt = '' } = read(STEP_BUTTON, clickedValue(action));
    return { playbookId, stepName, attempt: Number(attempt), person: await this.calls.of(context).person() };
  }

  private sayItWaits(context: Context): Promise<void> {
    return this.calls
      .of(context)
      .tell(
        'This step needs an approval first. It is asked for in the channel, and the step starts by itself when it is given.',
      );
  }
}

function read(pattern: RegExp, value: string | undefined): Readonly<Record<string, string>> {
  const groups = pattern.exec(value ?? '')?.groups;
  if (groups === undefined)
    throw new StaleControl(
      'This button is not from this version of Quartermaster. Nothing was done; the newest playbook card shows what can be.',
    );
  return groups;
}
