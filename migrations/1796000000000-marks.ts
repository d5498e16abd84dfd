import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A mark is a row of its own: transactions that mark the same person or audit trail no longer wait for each other's commit.
 */
export class Marks1796000000000 implements MigrationInterface {
  name = 'Marks1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table subject_marks (
        id bigint generated always as identity primary key,
        subject_kind text not null,
        subject_id text not null,
        changed_at timestamptz not null default now()
      );
      create index subject_marks_of_cards on subject_marks (id) where subject_kind <> 'audit';
      create index subject_marks_of_audit on subject_marks (id) where subject_kind = 'audit';
      insert into subject_marks (subject_kind, subject_id)
        select subject_kind, subject_id from subject_changes
        where revision > projected_revision order by changed_at;
      drop table subject_changes;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table subject_changes (
        subject_kind text not null,
        subject_id text not null,
        revision bigint not null default 1,
        changed_at timestamptz not null default now(),
        projected_revision bigint not null default 0,
        primary key (subject_kind, subject_id)
      );
      create index subject_changes_unprojected on subject_changes (changed_at) where revision > projected_revision;
      insert into subject_changes (subject_kind, subject_id)
        select distinct subject_kind, subject_id from subject_marks;
      drop table subject_marks;
    `);
  }
}
