import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ENV } from './config/index.js';
import type { Foundations } from './foundations.js';
import { Metrics } from './observability/index.js';
import { Changes, Notices } from './platform/changes/index.js';
import { Transactions } from './platform/database/index.js';
import { Durable } from './platform/durable/index.js';
import { Logger } from './platform/logging/index.js';
import { Redactor } from './secrets/index.js';
import { Clock, Ids, RandomIds, SystemClock } from './shared/index.js';

/** Makes what exists before Nest injectable everywhere, by class. */
@Module({})
export class FoundationsModule {
  static forRoot(foundations: Foundations): DynamicModule {
    const { env, redactor, logger, metrics, dataSource, durable } = foundations;
    const values = [
      { provide: ENV, useValue: env },
      { provide: Redactor, useValue: redactor },
      { provide: Logger, useValue: logger },
      { provide: Metrics, useValue: metrics },
      { provide: DataSource, useValue: dataSource },
      { provide: Durable, useValue: durable },
      { provide: Transactions, useValue: new Transactions(dataSource) },
      { provide: Changes, useValue: new Changes() },
      { provide: Notices, useValue: new Notices((value) => redactor.value(value)) },
      { provide: Clock, useValue: new SystemClock() },
      { provide: Ids, useValue: new RandomIds() },
    ];
    return {
      module: FoundationsModule,
      global: true,
      providers: values,
      exports: values.map(({ provide }) => provide),
    };
  }
}
