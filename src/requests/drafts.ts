import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { z } from 'zod';
import { TypedForm } from '../catalog/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import type { IntakePlace, SecretRef } from '../secrets/index.js';
import { Ids, type JsonObject } from '../shared/index.js';
import { withoutGivenSecrets } from './given-secrets.js';
import { DraftGone } from './requests.errors.js';

/** Where somebody is in a form, and what they typed so far: also what is hidden now, and what does not fit yet. */
export interface DraftForm {
  /** By path; see `TypedForm` in catalog/. */
  readonly values: JsonObject;
  readonly page: string;
  /** Counts the pages somebody went through: what comes late, from a page before, is recognised by it. */
  readonly step: number;
  /** Slack's time of the newest change that is in here. */
  readonly seenTs: string;
  /** Of chosen options that were looked up, by value: to show them again. */
  readonly titles?: Readonly<Record<string, string>>;
}

export interface DraftContent {
  readonly itemName: string;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  readonly leaseHours: number;
  readonly originChannelId: string | null;
  /** The request it takes the place of. */
  readonly follows?: string;
  /** Of a draft that comes from a form. */
  readonly form?: DraftForm;
}

export interface Draft extends DraftContent {
  readonly id: string;
  readonly personId: string;
  /** Of the plan that the person was shown last. */
  readonly planDigest: string | null;
  readonly version: number;
}

const formSchema = z
  .object({
    values: z.record(z.string(), z.json()),
    page: z.string(),
    step: z.number(),
    seenTs: z.string(),
    titles: z.record(z.string(), z.string()).exactOptional(),
  })
  .nullable();

interface Row {
  id: string;
  person_id: string;
  item_name: string;
  team_id: string;
  environment: string;
  parameters: JsonObject;
  reason: string;
  lease_hours: number;
  origin_channel_id: string | null;
  plan_digest: string | null;
  form: unknown;
  follows: string | null;
  version: number;
}

const KEPT = '2 days';
const SWEEP_MILLISECONDS = 3_600_000;

/** What people typed but have not sent. The id is the request's idempotency key: sending a draft twice is one request. */
@Injectable()
export class Drafts {
  constructor(
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {}

  /** Of an earlier request come all parameters but the secrets: they were that one's. */
  async save(personId: string, content: DraftContent, planDigest: string | null): Promise<string> {
    const id = this.ids.next('drf');
    await this.transactions.query(
      `insert into request_drafts (id, person_id, item_name, team_id, environment, parameters, reason, lease_hours, origin_channel_id, plan_digest, form, follows)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        id,
        personId,
        content.itemName,
        content.teamId,
        content.environment,
        JSON.stringify(withoutGivenSecrets(content.parameters)),
        content.reason,
        content.leaseHours,
        content.originChannelId,
        planDigest,
        formOf(content),
        content.follows ?? null,
      ],
    );
    return id;
  }

  /**
   * Replaces what a draft says, unless somebody else did since it was read: then null. The plan that was looked at is one
   * of something else, and forgotten.
   */
  async update(draft: Pick<Draft, 'id' | 'personId' | 'version'>, content: DraftContent): Promise<Draft | null> {
    const [row] = await this.transactions.query<Row>(
      `update request_drafts set item_name = $4, team_id = $5, environment = $6, parameters = $7, reason = $8, lease_hours = $9,
         origin_channel_id = $10, form = $11, plan_digest = null, version = version + 1, updated_at = now()
       where id = $1 and person_id = $2 and version = $3 returning *`,
      [
        draft.id,
        draft.personId,
        draft.version,
        content.itemName,
        content.teamId,
        content.environment,
        JSON.stringify(content.parameters),
        content.reason,
        content.leaseHours,
        content.originChannelId,
        formOf(content),
      ],
    );
    return row === undefined ? null : draftOf(row);
  }

  async setPlan(id: string, planDigest: string): Promise<void> {
    await this.transactions.query('update request_drafts set plan_digest = $2, updated_at = now() where id = $1', [
      id,
      planDigest,
    ]);
  }

  /** The reference to what was given on a one-time page. Whoever changes the form at this moment sees the new version and tries again. @throws DraftGone */
  async keepSecret(tx: Tx, place: IntakePlace, ref: SecretRef): Promise<void> {
    const [row] = await tx.query<Row>('select * from request_drafts where id = $1 and person_id = $2 for update', [
      place.draftId,
      place.personId,
    ]);
    if (row === undefined) throw new DraftGone();
    const { form, parameters } = draftOf(row);
    const typed = form ?? { values: { ...TypedForm.of(parameters).values }, page: '', step: 0, seenTs: '' };
    await tx.query(
      'update request_drafts set form = $2, plan_digest = null, version = version + 1, updated_at = now() where id = $1',
      [place.draftId, JSON.stringify({ ...typed, values: { ...typed.values, [place.path]: ref } })],
    );
  }

  /** @throws DraftGone when it is another person's, or too old */
  async get(id: string, personId: string): Promise<Draft> {
    const [row] = await this.transactions.query<Row>('select * from request_drafts where id = $1 and person_id = $2', [
      id,
      personId,
    ]);
    if (row === undefined) throw new DraftGone();
    return draftOf(row);
  }

  @Interval(SWEEP_MILLISECONDS)
  async forgetOld(): Promise<void> {
    await this.transactions
      .query(`delete from request_drafts where updated_at < now() - interval '${KEPT}'`)
      .catch((error: unknown) => {
        this.logger.error('Old drafts were not removed; the next tick tries again', error);
      });
  }
}

function formOf({ form }: DraftContent): string | null {
  return form === undefined ? null : JSON.stringify(form);
}

function draftOf(row: Row): Draft {
  const form = formSchema.parse(row.form);
  return {
    id: row.id,
    personId: row.person_id,
    itemName: row.item_name,
    teamId: row.team_id,
    environment: row.environment,
    parameters: row.parameters,
    reason: row.reason,
    leaseHours: row.lease_hours,
    originChannelId: row.origin_channel_id,
    planDigest: row.plan_digest,
    version: row.version,
    ...(row.follows !== null && { follows: row.follows }),
    ...(form !== null && { form }),
  };
}
