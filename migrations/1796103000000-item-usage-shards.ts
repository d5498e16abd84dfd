import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Everyone who requests the same item at the same time would wait for one row: it is counted in several, and added up where it is read. */
export class ItemUsageShards1796103000000 implements MigrationInterface {
  name = 'ItemUsageShards1796103000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table item_usage add column shard smallint not null default 0;
      alter table item_usage drop constraint item_usage_pkey, add primary key (item_name, shard);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create temporary table added as select item_name, sum(requested) as requested, sum(weight) as weight from item_usage group by item_name;
      delete from item_usage;
      alter table item_usage drop constraint item_usage_pkey, drop column shard, add primary key (item_name);
      insert into item_usage select * from added;
    `);
  }
}
