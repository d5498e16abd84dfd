import { Inject, Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { CatalogSearch, DescribeItem, typedQuery } from '../../browsing/index.js';
import { ENV, type Env } from '../../config/index.js';
import type { Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import { Clock } from '../../shared/index.js';
import type { Words } from '../slack-feature.js';
import { browserModal } from './browser.view.js';
import type { BrowserState } from './browser-state.js';
import { catalogWords } from './catalog.view.js';
import { itemDetailsModal, itemVersionsModal } from './item-details.view.js';

const PAGE = 8;

/** The catalog as one person sees it. */
@Injectable()
export class CatalogBrowser {
  constructor(
    private readonly search: CatalogSearch,
    private readonly descriptions: DescribeItem,
    private readonly policy: Policy,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  /** A page of the browser. */
  async modal(person: Person, state: BrowserState): Promise<ModalView> {
    const { query } = state;
    const found = await this.search.find(typedQuery(query.words, query), person, { page: state.page, size: PAGE });
    return browserModal({ state: { ...state, page: found.page }, found, teams: this.teams() });
  }

  /** The same, where there can be no modal. */
  async words(person: Person, text: string): Promise<Words> {
    const found = await this.search.find(typedQuery(text), person, { page: 0, size: PAGE });
    return catalogWords(found, text, { teams: this.teams(), command: this.env.slackCommand });
  }

  /** @throws UnknownItem */
  async details(person: Person, name: string): Promise<ModalView> {
    const details = await this.descriptions.describe(name, person);
    const owner = this.teams().get(details.item.owner) ?? details.item.owner;
    return itemDetailsModal(details, { owner, command: this.env.slackCommand, today: this.clock.now() });
  }

  /** @throws UnknownItem */
  async versions(person: Person, name: string): Promise<ModalView> {
    const item = this.descriptions.shown(name, person);
    return itemVersionsModal(item, await this.descriptions.versions(name));
  }

  private teams(): ReadonlyMap<string, string> {
    return new Map(this.policy.teams().map(({ id, title }) => [id, title]));
  }
}
