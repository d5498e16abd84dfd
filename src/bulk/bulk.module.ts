import { Global, Module } from '@nestjs/common';
import { BulkStore } from './bulk.store.js';
import { BulkJournal } from './bulk-journal.js';
import { BulkSender } from './bulk-sender.js';
import { BulkWatch } from './bulk-watch.js';
import { Bulks } from './bulks.js';
import { CheckBulk } from './check-bulk.js';
import { LineWish } from './line-wish.js';

@Global()
@Module({
  providers: [BulkJournal, BulkSender, BulkStore, BulkWatch, Bulks, CheckBulk, LineWish],
  exports: [Bulks],
})
export class BulkModule {}
