import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Changes } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { DeliveryJournal } from '../secrets/index.js';
import { Audit } from './audit.js';
import { AuditVerification } from './audit-verification.js';
import { AuditedDeliveries } from './audited-deliveries.js';
import { CheckpointSink } from './checkpoint-sink.js';
import { Checkpoints } from './checkpoints.js';
import { SigningKey } from './signing-key.js';

export interface AuditOptions {
  /** PEM of the Ed25519 key, or the file it is kept in. */
  key: { pem?: string; file: string };
  /** Second sink of checkpoints, JSON lines, outside of the database. */
  sinkFile: string;
}

const CHECKPOINT_MILLISECONDS = 60_000;

@Injectable()
class CheckpointTick implements OnApplicationShutdown {
  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly logger: Logger,
  ) {}

  @Interval(CHECKPOINT_MILLISECONDS)
  tick(): Promise<void> {
    return this.write();
  }

  /** Whatever its age: nothing stays unsigned over a stop. */
  onApplicationShutdown(): Promise<void> {
    return this.write(0);
  }

  private async write(minimumAgeSeconds?: number): Promise<void> {
    await this.checkpoints.tick(minimumAgeSeconds).catch((error: unknown) => {
      this.logger.error('The audit checkpoint was not written; the next tick tries again', error);
    });
  }
}

@Module({})
export class AuditModule {
  static forRoot(options: AuditOptions): DynamicModule {
    return {
      module: AuditModule,
      global: true,
      providers: [
        { provide: SigningKey, useFactory: () => SigningKey.load(options.key) },
        {
          provide: Checkpoints,
          inject: [Transactions, Changes, SigningKey, CheckpointSink],
          useFactory: (transactions: Transactions, changes: Changes, key: SigningKey, sink: CheckpointSink) =>
            new Checkpoints(transactions, changes, key, sink),
        },
        { provide: CheckpointSink, useFactory: () => new CheckpointSink(options.sinkFile) },
        Audit,
        AuditVerification,
        CheckpointTick,
        { provide: DeliveryJournal, useClass: AuditedDeliveries },
      ],
      exports: [Audit, AuditVerification, DeliveryJournal, Checkpoints],
    };
  }
}
