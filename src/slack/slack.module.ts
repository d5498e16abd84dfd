import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { SlackForSteps } from '../orchestrator/index.js';
import { ApprovalsFeature } from './approvals/approvals.listener.js';
import { AskAgainListener } from './approvals/ask-again.listener.js';
import { AwayCommand } from './approvals/away.command.js';
import { LeaversListener } from './approvals/leavers.listener.js';
import { ReactionVotes } from './approvals/reaction-votes.js';
import { StandingFeature } from './approvals/standing.listener.js';
import { AuditFeature } from './audit/audit.listener.js';
import { PostedCheckpoints } from './audit/posted-checkpoints.js';
import { BulkCards } from './bulk/bulk.cards.js';
import { BulkFeature } from './bulk/bulk.listener.js';
import { ApprovalCards } from './cards/approval.cards.js';
import { ApprovalCopies } from './cards/approval-copies.js';
import { ApprovalProgresses } from './cards/approval-progresses.js';
import { AuditCards } from './cards/audit.cards.js';
import { AuditBatches } from './cards/audit-batches.js';
import { CardStore } from './cards/card.store.js';
import { CardFlusher } from './cards/card-flusher.js';
import { CardPlaces } from './cards/card-places.js';
import { CardPoster } from './cards/card-poster.js';
import { CardProjection } from './cards/card-projection.js';
import { CARD_SOURCES, type CardSource } from './cards/card-source.js';
import { ChangeFeed } from './cards/change-feed.js';
import { RequestCards } from './cards/request.cards.js';
import { RequestStates } from './cards/request-state.js';
import { SharedLanes } from './cards/shared-lanes.js';
import { CatalogFeature } from './catalog/catalog.listener.js';
import { CatalogBrowser } from './catalog/catalog-browser.js';
import { ConfirmationsFeature } from './confirmations/confirmations.listener.js';
import { CostFeature } from './cost/cost.listener.js';
import { DestroyFeature } from './destroy/destroy.listener.js';
import { ExceptionsFeature } from './exceptions/exceptions.listener.js';
import { GoOnListener } from './exceptions/go-on.listener.js';
import { PlanExits } from './exceptions/plan-exits.js';
import { ExplainFeature } from './explain/explain.listener.js';
import { FleetCards } from './fleets/fleet.cards.js';
import { FleetsFeature } from './fleets/fleets.listener.js';
import { PinFeature } from './fleets/pin.listener.js';
import { HelpFeature } from './help/help.listener.js';
import { HomeCards } from './home/home.cards.js';
import { HomeFeature } from './home/home.listener.js';
import { IncidentCards } from './incidents/incident.cards.js';
import { IncidentCommand } from './incidents/incident.command.js';
import { IncidentListener } from './incidents/incident.listener.js';
import { IncidentRoomModule } from './incidents/incident-room.module.js';
import { PinListener } from './incidents/pin.listener.js';
import { PlaybookListener } from './incidents/playbook.listener.js';
import { MentionFeature } from './mention/mention.listener.js';
import { NoticeStore } from './notices/notice.store.js';
import { NoticeSender } from './notices/notice-sender.js';
import { NoticeWording } from './notices/notice-wording.js';
import { OrphansCards } from './orphans/orphans.cards.js';
import { OrphansFeature } from './orphans/orphans.listener.js';
import { TransferFeature } from './ownership/transfer.listener.js';
import { QueueFeature } from './queue/queue.listener.js';
import { FormSteps } from './request/form-steps.js';
import { GiveSecretFeature } from './request/give-secret.listener.js';
import { OptionsFeature } from './request/options.listener.js';
import { RequestFeature } from './request/request.listener.js';
import { RequestFormFeature } from './request/request-form.listener.js';
import { RequestForms } from './request/request-forms.js';
import { RequestPlans } from './request/request-plans.js';
import { DriftFeature } from './resources/drift.listener.js';
import { OperationsFeature } from './resources/operations.listener.js';
import { ResourceCards } from './resources/resource.cards.js';
import { ResourcesFeature } from './resources/resources.listener.js';
import { SchedulesFeature } from './resources/schedules.listener.js';
import { UpgradeFeature } from './resources/upgrade.listener.js';
import { RunControlFeature } from './runs/run-control.listener.js';
import { SecretsFeature } from './secrets/secrets.listener.js';
import { PlanOpener } from './sending/plan-opener.js';
import { SendingLine } from './sending/sending-line.js';
import { SentPlanStore } from './sending/sent-plan.store.js';
import { MessageShortcutFeature } from './shortcuts/message-shortcut.listener.js';
import { SlackApp } from './slack-app.js';
import { SLACK_FEATURES, type SlackFeature } from './slack-feature.js';
import { StatusFeature } from './status/status.listener.js';
import { SlackSteps } from './steps/slack-steps.js';
import type { WorkspaceConnection } from './web/connection.js';
import { SlackWebModule } from './web/slack-web.module.js';
import { WhoamiFeature } from './whoami/whoami.listener.js';
import { Calls } from './wire/calls.js';
import { CommandRouter } from './wire/command-router.js';
import { Deliveries } from './wire/deliveries.js';
import { DeliveryGate } from './wire/delivery-gate.js';
import { Replies } from './wire/replies.js';

/** In the order in which help lists them. A new feature is one line here. */
const FEATURES: Type<SlackFeature>[] = [
  RequestFeature,
  RunControlFeature,
  RequestFormFeature,
  GiveSecretFeature,
  OptionsFeature,
  BulkFeature,
  CatalogFeature,
  StatusFeature,
  ResourcesFeature,
  DriftFeature,
  OperationsFeature,
  UpgradeFeature,
  FleetsFeature,
  PinFeature,
  DestroyFeature,
  TransferFeature,
  CostFeature,
  ExceptionsFeature,
  GoOnListener,
  IncidentCommand,
  ExplainFeature,
  StandingFeature,
  AwayCommand,
  AuditFeature,
  WhoamiFeature,
  HelpFeature,
  IncidentListener,
  PlaybookListener,
  PinListener,
  ApprovalsFeature,
  AskAgainListener,
  LeaversListener,
  QueueFeature,
  SecretsFeature,
  ConfirmationsFeature,
  OrphansFeature,
  SchedulesFeature,
  HomeFeature,
  MentionFeature,
  MessageShortcutFeature,
];

/** One a kind of subject. A new kind of card is one line here. */
const SOURCES: Type<CardSource>[] = [
  RequestCards,
  ApprovalCards,
  ResourceCards,
  IncidentCards,
  HomeCards,
  AuditCards,
  BulkCards,
  OrphansCards,
  FleetCards,
];

const WIRE = [Calls, CommandRouter, Deliveries, DeliveryGate, Replies, SlackApp];
const CARDS = [
  AuditBatches,
  CardFlusher,
  CardPlaces,
  CardPoster,
  CardProjection,
  CardStore,
  ChangeFeed,
  RequestStates,
  SharedLanes,
];
const SENDING = [PlanOpener, SendingLine, SentPlanStore];
const NOTICES = [NoticeSender, NoticeStore, NoticeWording];

/** Everything people see. Needs the global modules below it. */
@Module({})
export class SlackModule {
  static forRoot(connection: WorkspaceConnection): DynamicModule {
    return {
      module: SlackModule,
      imports: [SlackWebModule.forRoot(connection), IncidentRoomModule],
      providers: [
        ...FEATURES,
        ...SOURCES,
        { provide: SLACK_FEATURES, inject: FEATURES, useFactory: (...features: SlackFeature[]) => features },
        { provide: CARD_SOURCES, inject: SOURCES, useFactory: (...sources: CardSource[]) => sources },
        ...WIRE,
        ...CARDS,
        ...NOTICES,
        ...SENDING,
        { provide: SlackForSteps, useClass: SlackSteps },
        ApprovalCopies,
        ApprovalProgresses,
        PostedCheckpoints,
        ReactionVotes,
        CatalogBrowser,
        FormSteps,
        RequestForms,
        RequestPlans,
        PlanExits,
      ],
      exports: [SlackApp],
    };
  }
}
