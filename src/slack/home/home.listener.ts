import { Injectable } from '@nestjs/common';
import { CardStore } from '../cards/card.store.js';
import { CardFlusher } from '../cards/card-flusher.js';
import type { SlackFeature } from '../slack-feature.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { HOME_SURFACE } from './home.cards.js';

/** The App Home is a card like any other: opening it makes it wanted. */
@Injectable()
export class HomeFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly cards: CardStore,
    private readonly flusher: CardFlusher,
  ) {}

  register(app: Listeners): void {
    app.event('app_home_opened', async ({ event, context }) => {
      if (event.tab !== 'home') return;
      const { id } = await this.calls.of(context).person();
      await this.cards.want({ kind: 'person', id }, { surface: HOME_SURFACE, place: id });
      await this.cards.wantAgain([{ kind: 'person', id }]);
      this.flusher.wake();
    });
  }
}
