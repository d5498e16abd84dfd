import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files of many requests: what was checked, what was sent of it, and what came of each line. */
export class Bulks1796041000000 implements MigrationInterface {
  name = 'Bulks1796041000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table bulks (
        id text primary key,
        person_id text not null,
        name text not null,
        origin_channel_id text,
        digest text not null,
        state text not null default 'checked' check (state in ('checked', 'sending', 'sent', 'done')),
        -- How many requests are where, as the card shows it.
        counts jsonb not null default '{}',
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        sent_at timestamptz,
        done_at timestamptz,
        -- Whoever sends its lines has it until then; the one that waited longest comes first.
        claimed_until timestamptz not null default '-infinity',
        turn_at timestamptz not null default now()
      );
      create index bulks_open on bulks (turn_at) where state in ('sending', 'sent');
      create index bulks_unsent on bulks (created_at) where state = 'checked';

      -- The same wishes are sent once, by whomever.
      create table bulk_sendings (
        digest text primary key,
        bulk_id text not null unique references bulks
      );

      create table bulk_rows (
        bulk_id text not null references bulks on delete cascade,
        line integer not null,
        title text not null,
        wish jsonb not null,
        plan_digest text not null,
        state text not null default 'waiting' check (state in ('waiting', 'opened', 'refused')),
        request_id text,
        problem text,
        attempts integer not null default 0,
        version integer not null default 1,
        primary key (bulk_id, line),
        check ((state = 'opened') = (request_id is not null)),
        check ((state = 'refused') = (problem is not null))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table bulk_rows, bulk_sendings, bulks;');
  }
}
