import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Catalog, type CatalogItem, exampleSecrets, usualParameters } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Transactions } from '../platform/database/index.js';
import { type AccessVerdict, Policy } from '../policy/index.js';
import type { JsonObject } from '../shared/index.js';
import { type Preview, PreviewRequest } from './preview-request.js';
import { InvalidParameters, RequestForbidden } from './requests.errors.js';

export interface ExplainQuestion {
  readonly itemName: string;
  /** Who asks. */
  readonly asker: Person;
  /** For whom it is explained. */
  readonly person: Person;
  /** Left out: the person's first team, else the item's own. */
  readonly teamId?: string;
  /** Left out: every one the item has. */
  readonly environment?: string;
  /** Beside the item's defaults and examples. */
  readonly parameters: JsonObject;
  readonly traceId: string;
}

/** How the rules decide for one environment. */
export interface EnvironmentExplanation {
  readonly environment: string;
  readonly access: readonly AccessVerdict[];
  /** Null when the parameters don't suffice to tell more. */
  readonly preview: Preview | null;
  /** Which those are; '' otherwise. */
  readonly missing: string;
}

export interface Explanation {
  readonly item: CatalogItem;
  readonly person: Person;
  readonly teamId: string;
  readonly parameters: JsonObject;
  readonly environments: readonly EnvironmentExplanation[];
}

/** Long enough for every rule that wants one. */
const EXAMPLE_REASON = 'An explanation of the rules; nothing is requested.';

/** The whole evaluation of a request that nobody makes. It reserves nothing and counts in no measurement. */
@Injectable()
export class ExplainRequest {
  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly previews: PreviewRequest,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  /** @throws UnknownItem, UnknownTeam; RequestForbidden for somebody else's without the right to */
  async explain(question: ExplainQuestion): Promise<Explanation> {
    const { itemName, person, environment } = question;
    const item = this.catalog.item(itemName);
    await this.assertMayAsk(question);
    const teamId = this.policy.team(question.teamId ?? this.policy.teamsOf(person)[0]?.id ?? item.owner).id;
    // A secret is never explained with one that somebody typed here.
    const parameters = { ...usualParameters(item), ...question.parameters, ...exampleSecrets(item) };
    const places = environment === undefined ? item.environments : [environment];
    const environments = await Promise.all(
      places.map((place) => this.explainOne({ item, person, teamId, parameters, environment: place })),
    );
    return { item, person, teamId, parameters, environments };
  }

  private async explainOne(wish: {
    readonly item: CatalogItem;
    readonly person: Person;
    readonly teamId: string;
    readonly parameters: JsonObject;
    readonly environment: string;
  }): Promise<EnvironmentExplanation> {
    const { item, environment } = wish;
    const head = { environment, access: this.policy.accessVerdicts(wish) };
    const sample = { ...wish, itemName: item.name, reason: EXAMPLE_REASON, leaseHours: wholeHours(item) };
    try {
      return { ...head, preview: await this.previews.preview(sample, 'explain'), missing: '' };
    } catch (error) {
      if (!(error instanceof InvalidParameters)) throw error;
      return { ...head, preview: null, missing: error.errors.map(({ message }) => message).join(' ') };
    }
  }

  /** What somebody else may have is not for everybody; and that it was looked at is kept. */
  private async assertMayAsk({ asker, person, itemName, traceId }: ExplainQuestion): Promise<void> {
    if (asker.id === person.id) return;
    const { allowed, reason } = this.policy.can(asker, 'explain', { kind: 'catalog', itemName });
    if (!allowed) throw new RequestForbidden(`${reason} Without “as …” it is explained for you.`);
    await this.transactions.run((tx) =>
      this.audit.append(tx, {
        type: 'policy.explained',
        actor: { kind: 'person', id: asker.id },
        subject: { kind: 'person', id: person.id },
        traceId,
        summary: `looked at how the rules decide on ${itemName} for this person`,
      }),
    );
  }
}

function wholeHours({ lease }: CatalogItem): number {
  return Math.max(1, Math.floor(lease.defaultHours));
}
