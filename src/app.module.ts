import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SlackConnection } from './config/index.js';
import { CoreModule } from './core.module.js';
import type { Foundations } from './foundations.js';
import { MetricsController } from './observability/index.js';
import { Transactions } from './platform/database/index.js';
import { Durable } from './platform/durable/index.js';
import { HEALTH_CHECKS, type HealthCheck, HealthController } from './platform/http/index.js';
import { SecretStore } from './secrets/index.js';
import { SlackModule, Workspace } from './slack/index.js';

type Workspaces = Extract<SlackConnection, { kind: 'workspace' }>;

/** The composition root: the one file that knows everyone. */
@Module({})
export class AppModule {
  static forRoot(foundations: Foundations, connection: Workspaces): DynamicModule {
    return {
      module: AppModule,
      imports: [CoreModule.forRoot(foundations), SlackModule.forRoot(connection)],
      controllers: [HealthController, MetricsController],
      providers: [
        {
          provide: HEALTH_CHECKS,
          inject: [DataSource, Transactions, Durable, SecretStore, Workspace],
          useFactory: healthChecks,
        },
      ],
    };
  }
}

function healthChecks(
  dataSource: DataSource,
  transactions: Transactions,
  durable: Durable,
  secrets: SecretStore,
  workspace: Workspace,
): HealthCheck[] {
  return [
    {
      name: 'database',
      check: async () => {
        await dataSource.query('select 1');
        const { refusal } = transactions;
        return {
          ok: refusal === null,
          detail: refusal === null ? 'answers' : `answers, but takes no changes: ${refusal}`,
        };
      },
    },
    { name: 'engine', check: () => Promise.resolve(durable.health) },
    { name: 'secrets', check: () => secrets.health() },
    {
      name: 'slack',
      check: async () => {
        await workspace.ping();
        return { ok: true, detail: 'answers' };
      },
    },
  ];
}
