import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a resource costs may change while it lives: each part of its life has a row of its own, and one that is not decided yet, too. */
export class CostChanges1796180000000 implements MigrationInterface {
  name = 'CostChanges1796180000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table cost_commitments add column part integer not null default 0;
      alter table cost_commitments drop constraint cost_commitments_pkey;
      alter table cost_commitments add primary key (resource_id, part);
      create unique index cost_commitments_one_running on cost_commitments (resource_id) where state = 'running';
      alter table cost_days drop constraint cost_days_pkey;
      alter table cost_days add primary key (day, resource_id, currency);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table cost_days drop constraint cost_days_pkey;
      delete from cost_days as one using cost_days as other
        where one.day = other.day and one.resource_id = other.resource_id and one.currency > other.currency;
      alter table cost_days add primary key (day, resource_id);
      drop index cost_commitments_one_running;
      delete from cost_commitments as one using cost_commitments as other
        where one.resource_id = other.resource_id and one.part < other.part;
      alter table cost_commitments drop constraint cost_commitments_pkey;
      alter table cost_commitments add primary key (resource_id);
      alter table cost_commitments drop column part;
    `);
  }
}
