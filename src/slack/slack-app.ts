import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from '../platform/logging/index.js';
import { CardFlusher } from './cards/card-flusher.js';
import { SLACK_FEATURES, type SlackFeature } from './slack-feature.js';
import { SLACK_CONNECTION, type WorkspaceConnection } from './web/connection.js';
import { type BoltParts, createBolt } from './wire/bolt-app.js';
import { CommandRouter } from './wire/command-router.js';
import { DeliveryGate } from './wire/delivery-gate.js';
import { ListenerTable } from './wire/listener-table.js';

const ACKNOWLEDGED_MILLISECONDS = 2_000;

/** The Slack side's life: mount before any body parser, start when all else is up, drain before all else goes down. */
@Injectable()
export class SlackApp {
  private readonly bolt: BoltParts;

  constructor(
    private readonly gate: DeliveryGate,
    private readonly flusher: CardFlusher,
    private readonly logger: Logger,
    router: CommandRouter,
    @Inject(SLACK_CONNECTION) private readonly connection: WorkspaceConnection,
    @Inject(SLACK_FEATURES) features: readonly SlackFeature[],
  ) {
    this.bolt = createBolt(connection, gate, logger);
    const listeners = new ListenerTable();
    router.register(listeners, features);
    for (const feature of features) feature.register?.(listeners);
    listeners.serve(this.bolt.app);
  }

  /** HTTP: takes over `/slack/events`. Bolt reads the raw body itself, so this comes before any body parser. */
  mount(nest: NestExpressApplication): void {
    if (this.bolt.router !== null) nest.use(this.bolt.router);
  }

  /** Socket Mode: connects, and keeps reconnecting. Both: cards begin to follow. */
  async start(): Promise<void> {
    await this.bolt.open();
    await this.flusher.start();
    this.logger.info('Slack deliveries are taken', { transport: this.connection.transport.mode });
  }

  /** Takes no more over the socket, lets listeners at work and the card in hand finish. */
  async drain(): Promise<void> {
    // What is at work is acknowledged over the connection it came by; two seconds are the longest that takes.
    await Promise.race([this.gate.drained(), setTimeout(ACKNOWLEDGED_MILLISECONDS, undefined, { ref: false })]);
    await this.bolt.close();
    await this.gate.drained();
    await this.flusher.stop();
  }
}
