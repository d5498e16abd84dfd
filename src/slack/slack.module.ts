import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { CardFlusher } from './cards/card-flusher.js';
import { CardPlaces } from './cards/card-places.js';
import { CARD_SOURCES, type CardSource } from './cards/card-source.js';
import { SlackApp } from './slack-app.js';
import { SLACK_FEATURES, type SlackFeature } from './slack-feature.js';
import type { WorkspaceConnection } from './web/connection.js';
import { SlackWebModule } from './web/slack-web.module.js';
import { Calls } from './wire/calls.js';
import { CommandRouter } from './wire/command-router.js';
import { Deliveries } from './wire/deliveries.js';
import { DeliveryGate } from './wire/delivery-gate.js';
import { Replies } from './wire/replies.js';

/** In the order in which help lists them. A new feature is one line here. */
const FEATURES: Type<SlackFeature>[] = [];

/** One a kind of subject. A new kind of card is one line here. */
const SOURCES: Type<CardSource>[] = [];

/** Everything people see. Needs the global modules below it. */
@Module({})
export class SlackModule {
  static forRoot(connection: WorkspaceConnection): DynamicModule {
    return {
      module: SlackModule,
      imports: [SlackWebModule.forRoot(connection)],
      providers: [
        ...FEATURES,
        ...SOURCES,
        { provide: SLACK_FEATURES, inject: FEATURES, useFactory: (...features: SlackFeature[]) => features },
        { provide: CARD_SOURCES, inject: SOURCES, useFactory: (...sources: CardSource[]) => sources },
        Calls,
        CardFlusher,
        CardPlaces,
        CommandRouter,
        Deliveries,
        DeliveryGate,
        Replies,
        SlackApp,
      ],
      exports: [SlackApp],
    };
  }
}
