import { Injectable } from '@nestjs/common';
import { Catalog } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { Logger } from '../../platform/logging/index.js';
import { Policy, type Team } from '../../policy/index.js';
import { Budgets, monthWords, type Showback, Showbacks } from '../../quotas/index.js';
import { Redactor } from '../../secrets/index.js';
import { AppError } from '../../shared/index.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { uploadFile } from '../web/upload-file.js';
import { type CostState, costWordsOf } from './cost.view.js';
import { costPicture, pictureWords, type Titles } from './cost-picture.js';
import { pngOf } from './png.js';

class CostForbidden extends AppError {
  readonly code = 'slack.cost_forbidden';
}

const EVERYBODY = 'all';
const MONTH = /^\d{4}-\d{1,2}$/;

/** `/qm cost [team|all] [month]`: showback, as numbers and as a picture, to whom may see the resources of these teams. */
@Injectable()
export class CostFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'cost',
      usage: '[team|all] [month]',
      summary: 'what your teams spend, by item and environment',
      // An answer in a thread would be read by those who may not see it.
      inThreads: false,
      run: (call) => this.show(call),
    },
  ];

  constructor(
    private readonly showbacks: Showbacks,
    private readonly budgets: Budgets,
    private readonly policy: Policy,
    private readonly catalog: Catalog,
    private readonly gateway: SlackGateway,
    private readonly redactor: Redactor,
    private readonly logger: Logger,
  ) {}

  private async show({ text, person, reply }: CommandCall): Promise<void> {
    const words = text.split(/\s+/).filter((word) => word !== '');
    const month = words.find((word) => MONTH.test(word));
    const wanted = words.filter((word) => word !== month).join(' ');
    const teams = this.teamsOf(person, wanted).map(({ id }) => id);
    const showback = await this.showbacks.month(teams, month);
    const state = { showback, titles: this.titles(), budgets: await this.standing(showback, teams) };
    const picture = showback.rows.length === 0 ? '' : await this.sendPicture(person, state);
    await reply(costWordsOf({ ...state, picture }));
  }

  /** @throws CostForbidden, naming no team the person may not see */
  private teamsOf(person: Person, wanted: string): readonly Team[] {
    const seen = this.policy
      .teams()
      .filter(({ id: teamId }) => this.policy.can(person, 'view', { kind: 'resource', teamId }).allowed);
    const own = this.policy.teamsOf(person).map(({ id }) => id);
    const named = wanted.toLowerCase();
    const chosen =
      named === ''
        ? seen.filter(({ id }) => own.length === 0 || own.includes(id))
        : seen.filter(({ id, title }) => named === EVERYBODY || id === named || title.toLowerCase() === named);
    if (chosen.length > 0) return chosen;
    const names = seen.map(({ id }) => id).join(', ');
    throw new CostForbidden(
      names === ''
        ? 'You may see the cost of no team. Ask a platform engineer to add you to one in access.yaml.'
        : `There is no such team, or you may not see what it spends. You may look at: ${names}. Nothing was shown.`,
    );
  }

  private async standing(showback: Showback, teams: readonly string[]): Promise<CostState['budgets']> {
    if (showback.isOver) return [];
    const all = await Promise.all(
      teams.map(async (teamId) => ({ teamId, verdict: await this.budgets.standing(teamId) })),
    );
    return all.flatMap(({ teamId, verdict }) => (verdict === null ? [] : [{ teamId, verdict }]));
  }

  /** Into the direct messages, where nobody else sees it. The numbers are said all the same when that does not work. */
  private async sendPicture(
    person: Person,
    { showback, titles }: Pick<CostState, 'showback' | 'titles'>,
  ): Promise<string> {
    try {
      const bytes = await pngOf(this.redactor.text(costPicture(showback, titles)));
      await uploadFile(this.gateway.client, {
        channelId: await this.gateway.directChannel(person.id),
        name: `cost-${showback.month}.png`,
        title: `Cost of ${monthWords(showback.month)}`,
        bytes,
        comment: `The cost of ${monthWords(showback.month)}, as you asked.`,
        altText: this.redactor.text(pictureWords(showback, titles)),
      });
      return 'The picture is in our direct messages.';
    } catch (error) {
      this.logger.error('The picture of a month’s cost could not be shown', error, { month: showback.month });
      return 'The picture could not be uploaded just now.';
    }
  }

  private titles(): Titles {
    const teams = new Map(this.policy.teams().map(({ id, title }) => [id, title]));
    const items = new Map(this.catalog.list().map(({ name, title }) => [name, title]));
    return { team: (id) => teams.get(id) ?? id, item: (name) => items.get(name) ?? name };
  }
}
