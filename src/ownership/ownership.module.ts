import { Global, Module } from '@nestjs/common';
import { OwnershipJournal } from './ownership-journal.js';
import { OwnershipSweep } from './ownership-sweep.js';
import { Recipients } from './recipients.js';
import { TransferStore } from './transfer.store.js';
import { Transfers } from './transfers.js';

@Global()
@Module({
  providers: [OwnershipJournal, OwnershipSweep, Recipients, TransferStore, Transfers],
  exports: [Transfers],
})
export class OwnershipModule {}
