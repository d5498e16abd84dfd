import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Votes that came too late, each kept once, and a fence so that an older reading of the reactions never undoes a newer one. */
export class LateVotes1795392310000 implements MigrationInterface {
  name = 'LateVotes1795392310000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table approvals
        add column readings_begun bigint not null default 0,
        add column reading_counted bigint not null default 0;

      create table late_votes (
        approval_id text not null references approvals (id),
        person_id text not null,
        what text not null check (what in ('yes', 'no', 'withdrawn')),
        cast_at timestamptz not null default now(),
        primary key (approval_id, person_id, what)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table late_votes;
      alter table approvals drop column readings_begun, drop column reading_counted;
    `);
  }
}
