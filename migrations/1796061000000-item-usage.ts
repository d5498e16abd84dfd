import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How much each item is requested, counted as it happens; and its latest successes by an index, however long the history is. */
export class ItemUsage1796061000000 implements MigrationInterface {
  name = 'ItemUsage1796061000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table item_usage (
        item_name text primary key,
        requested bigint not null,
        -- A request weighs twice as much as one of 30 days before: the sum only ever grows, and need never be computed anew.
        weight double precision not null
      );
      insert into item_usage
        select item_name, count(*), sum(power(2, extract(epoch from created_at - timestamptz '2026-01-01 00:00Z') / 2592000))
        from requests group by item_name;
      create index requests_ready_by_item on requests (item_name, settled_at desc) where state = 'ready';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index requests_ready_by_item; drop table item_usage;');
  }
}
