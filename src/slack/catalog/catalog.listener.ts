import { Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { EVERYTHING } from '../../browsing/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedValue, metadataOf, shownModal, triggerOf } from '../wire/parsed.js';
import { browserAfter, browserMetadata } from './browser-state.js';
import { CatalogBrowser } from './catalog-browser.js';

const IN_BROWSER = [
  ACTIONS.catalogWords,
  ACTIONS.catalogTag,
  ACTIONS.catalogOwner,
  ACTIONS.catalogSort,
  ACTIONS.catalogPrevious,
  ACTIONS.catalogNext,
];
const clickInBrowser = z.object({
  view: z.object({
    id: z.string(),
    callback_id: z.literal(CALLBACKS.catalog),
    private_metadata: z.string(),
    state: z.object({ values: z.unknown() }),
  }),
  actions: z.array(z.unknown()).min(1),
});

/** `/qm catalog [words]`: search and browse, an item's details, and what its versions changed. */
@Injectable()
export class CatalogFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'catalog',
      usage: '[words] [tag:…] [team:…]',
      summary: 'what there is to request: search, browse, details',
      inThreads: true,
      run: (call) => this.show(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly browser: CatalogBrowser,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.showCatalog, async ({ ack, body, context }) => {
      await ack();
      const call = this.calls.of(context);
      const state = { query: EVERYTHING, page: 0, channel: call.channelId ?? null };
      await this.lay(body, await this.browser.modal(await call.person(), state));
    });
    for (const action of IN_BROWSER)
      app.action(action, async ({ ack, body, context }) => {
        await ack();
        const { view, actions } = clickInBrowser.parse(body);
        const state = browserAfter(metadataOf(view, browserMetadata), view.state.values, actions[0]);
        const person = await this.calls.of(context).person();
        await this.gateway.updateView(view.id, await this.browser.modal(person, state));
      });
    app.view(CALLBACKS.catalog, async ({ view, context }) => {
      const call = this.calls.of(context);
      const clicked = { action_id: CALLBACKS.catalog };
      const state = browserAfter(metadataOf(view, browserMetadata), view.state.values, clicked);
      const modal = await this.browser.modal(await call.person(), state);
      await call.delivery.ack({ response_action: 'update', view: modal });
    });
    app.action(ACTIONS.itemDetails, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      await this.lay(body, await this.browser.details(person, clickedValue(action)));
    });
    app.action(ACTIONS.itemVersions, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      await this.lay(body, await this.browser.versions(person, clickedValue(action)));
    });
  }

  private async show({ person, text, triggerId, channelId, reply }: CommandCall): Promise<void> {
    if (triggerId === undefined) return reply(await this.browser.words(person, text));
    const state = { query: { ...EVERYTHING, words: text }, page: 0, channel: channelId };
    await this.gateway.openView(triggerId, await this.browser.modal(person, state));
  }

  /** Over the modal that was clicked in, or as the first one. */
  private async lay(body: unknown, view: ModalView): Promise<void> {
    if (shownModal(body) === null) await this.gateway.openView(triggerOf(body), view);
    else await this.gateway.pushView(triggerOf(body), view);
  }
}
