import { Injectable } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import { Audit } from './audit.js';
import { CheckpointSink } from './checkpoint-sink.js';
import { Checkpoints } from './checkpoints.js';
import { type CheckpointWitness, type VerifyReport, verifyAudit, type WitnessedCheckpoint } from './verify.js';

export interface AuditVerdict extends VerifyReport {
  /** The newest checkpoint that each witness has; null for one that has none. */
  newest: Readonly<Record<string, WitnessedCheckpoint | null>>;
}

/** Verifies the trail from inside of the running bot, against the second sink and whoever else was told of checkpoints. */
@Injectable()
export class AuditVerification {
  private running: Promise<AuditVerdict> | null = null;

  constructor(
    private readonly transactions: Transactions,
    private readonly checkpoints: Checkpoints,
    private readonly sink: CheckpointSink,
    private readonly audit: Audit,
  ) {}

  /** Reads the whole trail: whoever asks while that goes on gets the same answer. That it was asked is an event itself. */
  async verify(
    asker: { personId: string; traceId: string },
    witnesses: readonly CheckpointWitness[],
  ): Promise<AuditVerdict> {
    this.running ??= this.look(witnesses).finally(() => {
      this.running = null;
    });
    const verdict = await this.running;
    await this.transactions.run((tx) =>
      this.audit.append(tx, {
        type: 'audit.verified',
        actor: { kind: 'person', id: asker.personId },
        subject: { kind: 'audit', id: 'trail' },
        traceId: asker.traceId,
        summary: `verified the audit trail: ${verdict.ok ? 'it is whole' : 'IT IS NOT WHOLE'}`,
        data: { events: verdict.events, checkpoints: verdict.checkpoints, findings: verdict.findings },
      }),
    );
    return verdict;
  }

  private async look(witnesses: readonly CheckpointWitness[]): Promise<AuditVerdict> {
    const watched = [this.sink, ...witnesses].map((witness) => new Watched(witness));
    const report = await verifyAudit(this.transactions, await this.checkpoints.signingKey(), ...watched);
    return { ...report, newest: Object.fromEntries(watched.map(({ name, newest }) => [name, newest])) };
  }
}

/** Notes what a witness had to say. */
class Watched implements CheckpointWitness {
  newest: WitnessedCheckpoint | null = null;

  constructor(private readonly witness: CheckpointWitness) {}

  get name(): string {
    return this.witness.name;
  }

  async *entries(): AsyncGenerator<WitnessedCheckpoint> {
    for await (const entry of this.witness.entries()) {
      if (entry.number > (this.newest?.number ?? 0)) this.newest = entry;
      yield entry;
    }
  }
}
