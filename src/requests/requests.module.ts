import { Global, Module } from '@nestjs/common';
import { IntakeHome } from '../secrets/index.js';
import { BudgetWatch } from './budget-watch.js';
import { Drafts } from './drafts.js';
import { ExplainRequest } from './explain-request.js';
import { FormIntakes } from './form-intakes.js';
import { Grounds } from './grounds.js';
import { HaltSweep } from './halt-sweep.js';
import { ItemUsage } from './item-usage.js';
import { PreviewRequest } from './preview-request.js';
import { QueueStore } from './queue.store.js';
import { QueueOpener } from './queue-opener.js';
import { RequestStore } from './request.store.js';
import { RequestControl } from './request-control.js';
import { RequestJournal } from './request-journal.js';
import { RequestOpening } from './request-opening.js';
import { RequestProgress } from './request-progress.js';
import { RequestQueue } from './request-queue.js';
import { Requests } from './requests.js';
import { SecretSweep } from './secret-sweep.js';
import { SoundParameters } from './sound-parameters.js';
import { SubmitRequest } from './submit-request.js';
import { Successions } from './successions.js';
import { Twins } from './twins.js';
import { WishLimits } from './wish-limits.js';

/** Needs the ports `Planner` and `RunControl` from a global module above it. */
@Global()
@Module({
  providers: [
    BudgetWatch,
    Drafts,
    FormIntakes,
    { provide: IntakeHome, useExisting: FormIntakes },
    ExplainRequest,
    Grounds,
    HaltSweep,
    ItemUsage,
    PreviewRequest,
    QueueOpener,
    QueueStore,
    RequestControl,
    RequestJournal,
    RequestOpening,
    RequestProgress,
    RequestQueue,
    RequestStore,
    Requests,
    SecretSweep,
    SoundParameters,
    SubmitRequest,
    Successions,
    Twins,
    WishLimits,
  ],
  exports: [
    BudgetWatch,
    Drafts,
    ExplainRequest,
    HaltSweep,
    ItemUsage,
    IntakeHome,
    PreviewRequest,
    QueueOpener,
    RequestControl,
    RequestProgress,
    RequestQueue,
    Requests,
    SubmitRequest,
    Successions,
    WishLimits,
  ],
})
export class RequestsModule {}
