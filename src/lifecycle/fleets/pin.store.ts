import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';
import type { Outdated, Pin } from './fleet.js';

interface PinRow {
  resource_id: string;
  reason: string;
  person_id: string;
  until: Date;
}

interface OutdatedRow {
  id: string;
  title: string;
  team_id: string;
  environment: string;
  owner_id: string;
  item_version: string;
  item_digest: string;
  pin_reason: string | null;
  pin_person: string | null;
  pin_until: Date | null;
}

/** What a newer version affects, and what of it was put off. */
@Injectable()
export class PinStore {
  constructor(private readonly transactions: Transactions) {}

  /** Living ones of an item that are of another version than this. */
  async outdated(itemName: string, digest: string): Promise<Outdated[]> {
    const rows = await this.transactions.query<OutdatedRow>(
      `select r.id, r.title, r.team_id, r.environment, r.owner_id, r.item_version, r.item_digest,
         p.reason as pin_reason, p.person_id as pin_person, p.until as pin_until
       from resources r left join resource_pins p on p.resource_id = r.id and p.state = 'active' and p.until > now()
       where r.item_name = $1 and r.state = 'active' and r.item_digest <> $2 order by r.team_id, r.created_at, r.id`,
      [itemName, digest],
    );
    return rows.map(outdatedOf);
  }

  /** How many live of each version of each item. */
  async inUse(): Promise<{ itemName: string; itemVersion: string; itemDigest: string; count: number }[]> {
    return this.transactions.query(
      `select item_name as "itemName", item_version as "itemVersion", item_digest as "itemDigest", count(*)::integer as count
       from resources where state = 'active' group by 1, 2, 3 order by 1`,
    );
  }

  /** Until when, where it is put off. */
  async find(resourceId: string): Promise<Pin | null> {
    const [row] = await this.transactions.query<PinRow>(
      `select * from resource_pins where resource_id = $1 and state = 'active' and until > now()`,
      [resourceId],
    );
    return row === undefined ? null : pinOf(row);
  }

  async set(tx: Tx, { resourceId, reason, personId, until }: Pin): Promise<void> {
    await tx.query(
      `insert into resource_pins (resource_id, state, reason, person_id, until) values ($1, 'active', $2, $3, $4)
       on conflict (resource_id) do update set state = 'active', reason = excluded.reason, person_id = excluded.person_id,
         until = excluded.until, pinned_at = now(), version = resource_pins.version + 1`,
      [resourceId, reason, personId, until],
    );
  }

  async lift(tx: Tx, resourceId: string): Promise<boolean> {
    const rows = await tx.query(
      `update resource_pins set state = 'lifted', version = version + 1 where resource_id = $1 and state = 'active' returning resource_id`,
      [resourceId],
    );
    return rows.length > 0;
  }

  async ended(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ resource_id: string }>(
      `select resource_id from resource_pins where state = 'active' and until <= now() order by until limit $1`,
      [limit],
    );
    return rows.map(({ resource_id: id }) => id);
  }

  /** Null when it is not at its end (any more). */
  async end(tx: Tx, resourceId: string): Promise<(Pin & { version: number }) | null> {
    const [row] = await tx.query<PinRow & { version: number }>(
      `update resource_pins set state = 'over', version = version + 1
       where resource_id = $1 and state = 'active' and until <= now() returning *`,
      [resourceId],
    );
    return row === undefined ? null : { ...pinOf(row), version: row.version };
  }
}

/** As a fleet's card says it. */
export function pinWords({ reason, until }: Pick<Pin, 'reason' | 'until'>): string {
  return `until ${until.toISOString().slice(0, 10)}: ${reason}`;
}

function pinOf({ resource_id: resourceId, reason, person_id: personId, until }: PinRow): Pin {
  return { resourceId, reason, personId, until };
}

function outdatedOf(row: OutdatedRow): Outdated {
  const { id: resourceId, title, team_id: teamId, environment, owner_id: ownerId } = row;
  const { pin_reason: reason, pin_person: personId, pin_until: until } = row;
  const pin = reason === null || personId === null || until === null ? null : { resourceId, reason, personId, until };
  const { item_version: itemVersion, item_digest: itemDigest } = row;
  return { resourceId, title, teamId, environment, ownerId, itemVersion, itemDigest, pin };
}
