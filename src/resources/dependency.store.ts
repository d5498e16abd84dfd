import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import { LIVING, type Resource, type ResourceRow, resourceOf } from './resource.js';

type Source = Pick<Tx, 'query'>;

/** Which resource stands on which. Rows are never removed: only the living count. */
@Injectable()
export class DependencyStore {
  constructor(private readonly transactions: Transactions) {}

  /** Answers those it can't stand on because they are not in use (any more). What it stands on stays so until the transaction ends. */
  async link(tx: Tx, id: string, onIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from resources where id = any($1) and state = 'active' order by id for share`,
      [onIds],
    );
    const living = rows.map((row) => row.id);
    await tx.query(
      'insert into resource_dependencies (resource_id, on_id) select $1, unnest($2::text[]) on conflict do nothing',
      [id, living],
    );
    return onIds.filter((one) => !living.includes(one));
  }

  /** The living ones that stand on it, directly or not: in the order in which they can be taken away. */
  async dependents(id: string, source: Source = this.transactions): Promise<Resource[]> {
    const rows = await source.query<ResourceRow>(
      `with recursive above (id, depth) as (
         select resource_id, 1 from resource_dependencies where on_id = $1
         union select d.resource_id, above.depth + 1 from resource_dependencies d join above on d.on_id = above.id where above.depth < 50)
       select r.* from resources r join (select id, max(depth) as depth from above group by id) as deepest on deepest.id = r.id
       where r.state in ${LIVING} order by deepest.depth desc, r.created_at desc, r.id`,
      [id],
    );
    return rows.map(resourceOf);
  }

  /** What it stands on itself, as far as that lives. */
  async grounds(id: string): Promise<Resource[]> {
    const rows = await this.transactions.query<ResourceRow>(
      `select r.* from resources r join resource_dependencies d on d.on_id = r.id where d.resource_id = $1 and r.state in ${LIVING} order by r.title`,
      [id],
    );
    return rows.map(resourceOf);
  }

  /** What is to be destroyed and waited for this one, which is gone, alone. Whoever asks takes turns: the last one sees it. */
  async released(tx: Tx, id: string): Promise<Resource[]> {
    const rows = await tx.query<ResourceRow>(
      `select * from resources where state = 'destroying' and id in (select on_id from resource_dependencies where resource_id = $1)
       order by id for update`,
      [id],
    );
    const free: Resource[] = [];
    for (const row of rows) if ((await this.dependents(row.id, tx)).length === 0) free.push(resourceOf(row));
    return free;
  }

  /** Ids of what is to be destroyed and waits for this one, directly or not. */
  async waiting(tx: Tx, id: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `with recursive below (id) as (
         select on_id from resource_dependencies where resource_id = $1
         union select d.on_id from resource_dependencies d join below on d.resource_id = below.id)
       select r.id from resources r join below on below.id = r.id where r.state = 'destroying' order by r.id`,
      [id],
    );
    return rows.map((row) => row.id);
  }
}
