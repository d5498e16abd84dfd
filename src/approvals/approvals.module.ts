import { Global, Module } from '@nestjs/common';
import { ApprovalStore } from './approval.store.js';
import { Approvals } from './approvals.js';

@Global()
@Module({ providers: [ApprovalStore, Approvals], exports: [Approvals] })
export class ApprovalsModule {}
