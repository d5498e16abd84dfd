import { Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/index.js';
import { OnCall } from '../identity/index.js';
import type { DocumentProblem } from '../platform/documents/index.js';
import { Logger } from '../platform/logging/index.js';
import { ContentRules, Policy } from '../policy/index.js';
import { Governance } from '../quotas/index.js';
import { TellMistakes } from './tell-mistakes.js';

/** Reads all files again, in the order in which they need each other. What is broken stays as it was last good, and its owner is told. */
@Injectable()
export class Reload {
  private running: Promise<void> | undefined;
  private wanted = 0;

  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly rules: ContentRules,
    private readonly governance: Governance,
    private readonly onCall: OnCall,
    private readonly mistakes: TellMistakes,
    private readonly logger: Logger,
  ) {}

  /** Never throws. Whoever asks while one runs gets the result of one more, however many ask. */
  async run(): Promise<void> {
    if (this.running !== undefined) {
      this.wanted += 1;
      return this.running;
    }
    this.running = this.untilQuiet();
    try {
      await this.running;
    } finally {
      this.running = undefined;
    }
  }

  /** What is wrong is told, without reading anything again. Never throws. */
  async tell(): Promise<void> {
    try {
      await this.mistakes.tell(this.problems());
    } catch (error) {
      this.logger.error('Owners could not be told of mistakes in their files; the next reload tries again', error);
    }
  }

  /** Resolves when none runs. */
  async quiet(): Promise<void> {
    await this.running;
  }

  private problems(): readonly DocumentProblem[] {
    const { catalog, policy, rules, governance, onCall } = this;
    return [catalog, policy, rules, governance, onCall].flatMap((part) => [...part.problems()]);
  }

  private async untilQuiet(): Promise<void> {
    let before: number;
    do {
      before = this.wanted;
      await this.once();
    } while (before !== this.wanted);
  }

  private async once(): Promise<void> {
    try {
      for (const part of [this.catalog, this.policy, this.rules, this.governance, this.onCall]) await part.reload();
    } catch (error) {
      this.logger.error('The files could not be taken over; everything stays as it was until the next try', error);
      return;
    }
    await this.tell();
  }
}
