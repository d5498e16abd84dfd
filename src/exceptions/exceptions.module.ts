import { Global, Module } from '@nestjs/common';
import { BreakGlass } from './break-glass.js';
import { ExceptionStore } from './exception.store.js';
import { ExceptionWorkflow } from './exception.workflow.js';
import { ExceptionDecisions } from './exception-decisions.js';
import { ExceptionJournal } from './exception-journal.js';
import { ExceptionSweep } from './exception-sweep.js';
import { Exceptions } from './exceptions.js';

@Global()
@Module({
  providers: [
    ExceptionStore,
    ExceptionJournal,
    ExceptionDecisions,
    ExceptionSweep,
    ExceptionWorkflow,
    Exceptions,
    BreakGlass,
  ],
  exports: [Exceptions, BreakGlass],
})
export class ExceptionsModule {}
