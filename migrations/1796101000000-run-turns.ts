import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Waiting holds nothing: a decision starts the work that waits for it, and runs take turns as rows. */
export class RunTurns1796101000000 implements MigrationInterface {
  name = 'RunTurns1796101000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table approvals add column wakes jsonb;
      update approvals set wakes = jsonb_build_object(
        'workflow', case subject_kind when 'request' then 'fulfil-request' when 'exception' then 'exception' else 'playbook-step' end,
        'id', workflow_id || ':decided', 'args', jsonb_build_array(subject_id), 'queue', 'requests');
      alter table approvals alter column wakes set not null, drop column workflow_id;

      create table run_turns (
        run_id text primary key references runs (id),
        request_id text not null references requests (id),
        team_id text not null,
        environment text not null,
        owner_id text not null,
        title text not null,
        -- What only so many runs may work on at the same time.
        target text,
        target_limit integer,
        state text not null default 'waiting' check (state in ('waiting', 'at-work', 'resting', 'over')),
        asked_at timestamptz not null default now(),
        granted_at timestamptz,
        version integer not null default 1
      );
      create index run_turns_waiting on run_turns (team_id, asked_at) where state = 'waiting';
      create index run_turns_served on run_turns (team_id, granted_at);
      create index run_turns_at_work on run_turns (team_id, target) where state = 'at-work';
      create index run_turns_resting on run_turns (target) where state = 'resting';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table run_turns;
      alter table approvals add column workflow_id text;
      update approvals set workflow_id = wakes ->> 'id';
      alter table approvals alter column workflow_id set not null, drop column wakes;
    `);
  }
}
