import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every attempt of a step stays on record; and how much of what a step says was said in the thread. */
export class AttemptsAndTalk1796161000000 implements MigrationInterface {
  name = 'AttemptsAndTalk1796161000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table step_attempts (
        id bigint generated always as identity primary key,
        run_id text not null,
        position integer not null,
        -- Null: it worked.
        failure jsonb,
        ended_at timestamptz not null default now()
      );
      create index step_attempts_by_step on step_attempts (run_id, position, id);

      alter table step_runs add column told_lines integer not null default 0, add column told_times integer not null default 0,
        add column told_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table step_runs drop column told_lines, drop column told_times, drop column told_at;
      drop table step_attempts;
    `);
  }
}
