import { Injectable } from '@nestjs/common';
import type { CatalogItem } from '../../catalog/index.js';
import { ACTIONS } from '../action-ids.js';
import { RequestForms } from '../request/request-forms.js';
import type { SlackFeature, Subcommand, Words } from '../slack-feature.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { catalogWords } from './catalog.view.js';

/** `/qm catalog [text]` */
@Injectable()
export class CatalogFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'catalog',
      usage: '[words]',
      summary: 'what there is to request',
      inThreads: true,
      run: (call) => call.reply(this.find(call.text)),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly forms: RequestForms,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.showCatalog, async ({ ack, context }) => {
      await ack();
      const call = this.calls.of(context);
      await call.person();
      await call.tell(this.find(''));
    });
  }

  private find(text: string): Words {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    return catalogWords(
      this.forms.offered().filter((item) => matches(item, words)),
      text,
    );
  }
}

function matches({ name, title, summary, tags }: CatalogItem, words: readonly string[]): boolean {
  const all = [name, title, summary, ...tags].join(' ').toLowerCase();
  return words.every((word) => all.includes(word));
}
