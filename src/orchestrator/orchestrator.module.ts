import { type DynamicModule, Module } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Interval } from '@nestjs/schedule';
import { ActionCatalog } from '../catalog/index.js';
import { OptionLookups } from '../options/index.js';
import { Durable } from '../platform/durable/index.js';
import { GuardedHttp } from '../platform/http-client/index.js';
import { Logger } from '../platform/logging/index.js';
import { Planner, RunControl } from '../requests/index.js';
import { VaultDoor } from '../secrets/index.js';
import type { AnyAction } from './action.js';
import { ActionLookups } from './action-lookups.js';
import { ActionPlanner } from './action-planner.js';
import { ActionRegistry } from './action-registry.js';
import { type BuiltInOptions, builtInActions, builtInLookups } from './actions/index.js';
import { SlackForSteps } from './actions/slack/ports.js';
import { ApprovalGate } from './approval-gate.js';
import { DestroyResourceWorkflow } from './destroy-resource.workflow.js';
import { ExecuteRunWorkflow } from './execute-run.workflow.js';
import { CancelWatch, Compensation, OutputTalk, Rests, RunJournal, StepEngine, VerbRunner } from './execution/index.js';
import { FulfilRequestWorkflow } from './fulfil-request.workflow.js';
import { Fulfilment } from './fulfilment.js';
import { HelpDesk } from './help-desk.js';
import { LeftoverReport } from './leftover-report.js';
import { Observer } from './observer.js';
import { loadActionPackages } from './packages/index.js';
import { RequestRuns } from './request-runs.js';
import { RunStore, Runs, StepTalkStore } from './runs/index.js';
import { SealedStates } from './states/index.js';
import { Teardown } from './teardown.js';
import { RunTurns, TurnStore } from './turns/index.js';
import { UpgradeRuns, UpgradeStepsReader } from './upgrading/index.js';
import { Confirmations, EventInbox, EventsController, LateDesk } from './waits/index.js';

const TAKE_OVER_MILLISECONDS = 5_000;

/** Looks after the work of replicas that died. Safe on every replica at any time. */
class TakeOver {
  constructor(
    private readonly durable: Durable,
    private readonly logger: Logger,
  ) {}

  @Interval(TAKE_OVER_MILLISECONDS)
  async tick(): Promise<void> {
    if (!this.durable.health.ok) return;
    await this.durable.takeOverDead().catch((error: unknown) => {
      this.logger.error('Looking for the work of dead replicas failed; the next tick tries again', error);
    });
  }
}

/** What is wrong with a package is for the platform team: the bot does without it. */
async function packagedActions(
  { packages = [], httpAllow = [] }: { readonly packages?: readonly string[]; readonly httpAllow?: readonly string[] },
  builtIn: readonly AnyAction[],
  logger: Logger,
): Promise<readonly AnyAction[]> {
  const { actions, problems } = await loadActionPackages(packages, {
    http: new GuardedHttp(httpAllow),
    taken: builtIn,
  });
  for (const { package: name, message } of problems)
    logger.error(`The action package ${name} is left out: ${message}. Mend it and start again.`);
  if (actions.length > 0) logger.info('Action packages are loaded', { actions: actions.map(({ id }) => id) });
  return actions;
}

/** Bound above everything, where there is a workspace. */
function slackIn(modules: ModuleRef): SlackForSteps | null {
  try {
    return modules.get(SlackForSteps, { strict: false });
  } catch {
    return null;
  }
}

/** Binds the catalog's port `ActionCatalog`, the options' port `OptionLookups` and the requests' ports `Planner` and `RunControl`. */
@Module({})
export class OrchestratorModule {
  static forRoot(options: BuiltInOptions & { readonly packages?: readonly string[] }): DynamicModule {
    return {
      module: OrchestratorModule,
      global: true,
      controllers: [EventsController],
      providers: [
        Confirmations,
        EventInbox,
        SealedStates,
        {
          provide: ActionRegistry,
          inject: [ModuleRef, EventInbox, SealedStates, VaultDoor, Logger],
          useFactory: async (
            modules: ModuleRef,
            events: EventInbox,
            states: SealedStates,
            vault: VaultDoor,
            logger: Logger,
          ) => {
            const confirmations = new LateDesk(() => modules.get(Confirmations, { strict: false }));
            const builtIn = builtInActions({
              ...options,
              confirmations,
              events,
              states,
              vault,
              slack: () => slackIn(modules),
            });
            const installed = await packagedActions(options, builtIn, logger);
            return new ActionRegistry([...builtIn, ...installed], builtInLookups(options));
          },
        },
        { provide: ActionCatalog, useExisting: ActionRegistry },
        { provide: Planner, useClass: ActionPlanner },
        RequestRuns,
        { provide: RunControl, useExisting: RequestRuns },
        { provide: OptionLookups, useClass: ActionLookups },
        {
          provide: TakeOver,
          inject: [Durable, Logger],
          useFactory: (durable: Durable, logger: Logger) => new TakeOver(durable, logger),
        },
        RunStore,
        StepTalkStore,
        Runs,
        RunJournal,
        OutputTalk,
        HelpDesk,
        CancelWatch,
        VerbRunner,
        StepEngine,
        Compensation,
        ApprovalGate,
        Fulfilment,
        LeftoverReport,
        Observer,
        RunTurns,
        { provide: Rests, useExisting: RunTurns },
        TurnStore,
        Teardown,
        UpgradeStepsReader,
        UpgradeRuns,
        ExecuteRunWorkflow,
        FulfilRequestWorkflow,
        DestroyResourceWorkflow,
      ],
      exports: [
        ActionRegistry,
        Confirmations,
        HelpDesk,
        Observer,
        ActionCatalog,
        OptionLookups,
        Planner,
        RunControl,
        Runs,
        UpgradeRuns,
      ],
    };
  }
}
