import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable } from '../platform/durable/index.js';
import { IncidentOpening } from './incident-opening.js';
import { RoomRefused } from './incident-room.js';

/** Slack's bad minutes are waited out: ten tries over some four minutes. A refusal is final and not tried again. */
const RETRIES = {
  retriesAllowed: true,
  maxAttempts: 10,
  intervalSeconds: 0.5,
  backoffRate: 2,
  shouldRetry: (error: unknown) => !(error instanceof RoomRefused),
};

/** What follows declaring, as `incident:<id>`: make the room → say it → find who is needed → take up the playbook → pin the card. */
@Injectable()
export class OpenIncidentWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly opening: IncidentOpening,
  ) {}

  onModuleInit(): void {
    this.durable.define('open-incident', (id) => this.execute(z.string().parse(id)));
  }

  private async execute(id: string): Promise<void> {
    await this.orElse(
      'make the room',
      () => this.opening.makeRoom(id),
      () => this.opening.goOnInTheIncidentsChannel(id),
    );
    await this.orElse(
      'invite',
      () => this.opening.invite(id),
      () => this.opening.sayNobodyWasInvited(id),
    );
    await this.orElse(
      'set the topic',
      () => this.opening.setTopic(id),
      () => Promise.resolve(),
    );
    await this.step('suggest a playbook', () => this.opening.suggestPlaybook(id));
    await this.orElse(
      'pin the card',
      () => this.opening.pinCard(id),
      () => this.opening.sayCardIsNotPinned(id),
    );
  }

  /** A step that Slack may fail for good: the incident goes on without it, and says so. */
  private async orElse(name: string, work: () => Promise<void>, otherwise: () => Promise<void>): Promise<void> {
    try {
      await this.step(name, work);
    } catch {
      await this.step(`${name}: go on without`, otherwise);
    }
  }

  private step(name: string, work: () => Promise<void>): Promise<void> {
    return DBOS.runStep(work, { name, ...RETRIES });
  }
}
