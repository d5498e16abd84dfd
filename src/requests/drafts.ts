import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { Ids, type JsonObject } from '../shared/index.js';
import { DraftGone } from './requests.errors.js';

export interface DraftContent {
  readonly itemName: string;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  readonly leaseHours: number;
  readonly originChannelId: string | null;
}

export interface Draft extends DraftContent {
  readonly id: string;
  readonly personId: string;
  /** Of the plan that the person was shown last. */
  readonly planDigest: string | null;
}

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

  async save(personId: string, content: DraftContent, planDigest: string | null): Promise<string> {
    const id = this.ids.next('drf');
    await this.transactions.query(
      `insert into request_drafts (id, person_id, item_name, team_id, environment, parameters, reason, lease_hours, origin_channel_id, plan_digest)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        personId,
        content.itemName,
        content.teamId,
        content.environment,
        JSON.stringify(content.parameters),
        content.reason,
        content.leaseHours,
        content.originChannelId,
        planDigest,
      ],
    );
    return id;
  }

  async setPlan(id: string, planDigest: string): Promise<void> {
    await this.transactions.query('update request_drafts set plan_digest = $2, updated_at = now() where id = $1', [
      id,
      planDigest,
    ]);
  }

  /** @throws DraftGone when it is another person's, or too old */
  async get(id: string, personId: string): Promise<Draft> {
    const [row] = await this.transactions.query<Row>('select * from request_drafts where id = $1 and person_id = $2', [
      id,
      personId,
    ]);
    if (row === undefined) throw new DraftGone();
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
    };
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
