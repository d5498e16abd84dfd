import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs that can be stopped, kept for inspection and gone on with, whose steps tell what they say and how long they usually take. */
export class RunControl1796080000000 implements MigrationInterface {
  name = 'RunControl1796080000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table runs
        add column on_failure text not null default 'undo' check (on_failure in ('undo', 'keep')),
        add column cancelled_by text,
        add column continues_run_id text references runs (id);

      -- A run that goes on where another one failed uses its keys: the action finds what it left half made.
      alter table step_runs drop constraint step_runs_idempotency_key_key;
      alter table step_runs add column expected_seconds real, add column output_lines integer not null default 0;
      create index step_runs_by_key on step_runs (idempotency_key);
      create index step_runs_history on step_runs (action, name, ended_at desc) where state = 'succeeded';

      create table step_output (
        id bigint generated always as identity primary key,
        run_id text not null,
        position integer not null,
        line text not null,
        at timestamptz not null default now()
      );
      create index step_output_by_step on step_output (run_id, position, id);

      alter table requests drop constraint requests_state_check;
      alter table requests add constraint requests_state_check check
        (state in ('awaiting-approval', 'provisioning', 'halted', 'ready', 'failed', 'denied', 'expired', 'cancelled'));
      create index requests_halted on requests (updated_at) where state = 'halted';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index requests_halted;
      alter table requests drop constraint requests_state_check;
      alter table requests add constraint requests_state_check check
        (state in ('awaiting-approval', 'provisioning', 'ready', 'failed', 'denied', 'expired', 'cancelled'));
      drop table step_output;
      drop index step_runs_history, step_runs_by_key;
      alter table step_runs drop column expected_seconds, drop column output_lines;
      alter table step_runs add constraint step_runs_idempotency_key_key unique (idempotency_key);
      alter table runs drop column on_failure, drop column cancelled_by, drop column continues_run_id;
    `);
  }
}
