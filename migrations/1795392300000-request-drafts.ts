import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was typed into a form, so that Slack has to carry no more than an id. */
export class RequestDrafts1795392300000 implements MigrationInterface {
  name = 'RequestDrafts1795392300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table request_drafts (
        id text primary key,
        person_id text not null,
        item_name text not null,
        team_id text not null,
        environment text not null,
        parameters jsonb not null,
        reason text not null,
        lease_hours integer not null,
        origin_channel_id text,
        plan_digest text,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      create index request_drafts_by_age on request_drafts (updated_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table request_drafts;');
  }
}
