import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the Slack side remembers: which message shows which subject, and which deliveries were taken already. */
export class Slack1795392400000 implements MigrationInterface {
  name = 'Slack1795392400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table cards (
        id text primary key,
        subject_kind text not null,
        subject_id text not null,
        surface text not null,
        place text not null,
        data jsonb not null default '{}',
        channel text,
        ts text,
        state text not null default 'wanted' check (state in ('wanted', 'posting', 'shown', 'unplaced', 'abandoned')),
        wanted_revision bigint not null default 1,
        rendered_revision bigint not null default 0,
        rendered_hash text,
        claim integer not null default 0,
        attempts integer not null default 0,
        not_before timestamptz not null default now(),
        last_error text,
        created_at timestamptz not null default now(),
        shown_at timestamptz,
        unique (subject_kind, subject_id, surface, place)
      );
      create unique index cards_by_message on cards (channel, ts) where ts is not null;
      create index cards_due on cards (not_before) where wanted_revision > rendered_revision and state <> 'abandoned';

      alter table subject_changes add column projected_revision bigint not null default 0;
      create index subject_changes_unprojected on subject_changes (changed_at) where revision > projected_revision;

      create table slack_deliveries (
        key text primary key,
        kind text not null,
        trace_id text not null,
        received_at timestamptz not null default now()
      );
      create index slack_deliveries_by_age on slack_deliveries (received_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table slack_deliveries, cards;
      alter table subject_changes drop column projected_revision;
    `);
  }
}
