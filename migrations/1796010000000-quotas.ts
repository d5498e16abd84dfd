import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Quota leases with the counter that guards each limit, and every good version of the files that set limits and prices. */
export class Quotas1796010000000 implements MigrationInterface {
  name = 'Quotas1796010000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table governing_files (
        file text not null,
        digest text not null,
        version text not null,
        source text not null,
        loaded_at timestamptz not null default now(),
        primary key (file, digest)
      );

      -- The row that takes are serialized by. "held" always is the sum of the leases that are held.
      create table quota_counters (
        team_id text not null,
        environment text not null,
        unit text not null,
        held numeric not null default 0 check (held >= 0),
        primary key (team_id, environment, unit)
      );

      create table quota_leases (
        holder_id text not null,
        unit text not null,
        holder_kind text not null check (holder_kind in ('resource', 'run')),
        team_id text not null,
        environment text not null,
        amount numeric not null check (amount > 0),
        state text not null default 'held' check (state in ('held', 'returned')),
        title text not null,
        owner_id text not null,
        taken_at timestamptz not null default now(),
        returned_at timestamptz,
        returned_because text,
        version integer not null default 1,
        primary key (holder_id, unit),
        foreign key (team_id, environment, unit) references quota_counters (team_id, environment, unit)
      );
      create index quota_leases_held on quota_leases (team_id, environment, unit, taken_at) where state = 'held';
      create index quota_leases_to_sweep on quota_leases (holder_kind, holder_id) where state = 'held';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table quota_leases, quota_counters, governing_files;');
  }
}
