import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Votes as they were clicked, written down before the click is acknowledged, so that none is lost however long counting it takes;
 * and standing approvals: a yes given beforehand to what is similar to something approved.
 */
export class VotesBeforehand1796031000000 implements MigrationInterface {
  name = 'VotesBeforehand1796031000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table cast_votes (
        id bigint generated always as identity primary key,
        approval_id text not null references approvals (id),
        person_id text not null,
        choice text not null check (choice in ('yes', 'no', 'withdrawn')),
        reason text,
        state text not null default 'waiting' check (state in ('waiting', 'counted')),
        attempts integer not null default 0,
        not_before timestamptz not null default now(),
        cast_at timestamptz not null default now()
      );
      create index cast_votes_waiting on cast_votes (not_before) where state = 'waiting';
      create index cast_votes_by_approval on cast_votes (approval_id, person_id);

      create table standing_approvals (
        id text primary key,
        state text not null default 'in-force' check (state in ('in-force', 'revoked')),
        granted_by text not null,
        approval_id text not null references approvals (id),
        item_name text not null,
        team_id text not null,
        environment text not null,
        likeness jsonb not null,
        varying text[] not null default '{}',
        requester_id text,
        max_count integer not null check (max_count between 1 and 50),
        used integer not null default 0 check (used <= max_count),
        granted_at timestamptz not null default now(),
        expires_at timestamptz not null,
        revoked_by text,
        revoked_at timestamptz,
        trace_id text not null,
        version integer not null default 1
      );
      create index standing_approvals_in_force on standing_approvals (item_name, team_id, environment) where state = 'in-force';
      create index standing_approvals_by_person on standing_approvals (granted_by, granted_at desc);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table standing_approvals, cast_votes;');
  }
}
