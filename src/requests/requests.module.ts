import { Global, Module } from '@nestjs/common';
import { Drafts } from './drafts.js';
import { PreviewRequest } from './preview-request.js';
import { RequestStore } from './request.store.js';
import { RequestJournal } from './request-journal.js';
import { RequestOpening } from './request-opening.js';
import { RequestProgress } from './request-progress.js';
import { Requests } from './requests.js';
import { SubmitRequest } from './submit-request.js';
import { WishLimits } from './wish-limits.js';

/** Needs the port `Planner` from a global module above it. */
@Global()
@Module({
  providers: [
    Drafts,
    PreviewRequest,
    RequestJournal,
    RequestOpening,
    RequestProgress,
    RequestStore,
    Requests,
    SubmitRequest,
    WishLimits,
  ],
  exports: [Drafts, PreviewRequest, RequestProgress, Requests, SubmitRequest],
})
export class RequestsModule {}
