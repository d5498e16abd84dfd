import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether living resources are still as they were made, and what is done to them after that. */
export class ResourceChecks1796120000000 implements MigrationInterface {
  name = 'ResourceChecks1796120000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table runs drop constraint runs_kind_check;
      alter table runs add constraint runs_kind_check
        check (kind in ('apply', 'destroy', 'step', 'rollback', 'operate', 'reconcile'));

      create table resource_checks (
        resource_id text primary key references resources (id),
        state text not null default 'unchecked' check (state in ('unchecked', 'same', 'changed', 'missing')),
        differences jsonb not null default '[]',
        failure text,
        checked_at timestamptz,
        since timestamptz,
        ignored_until timestamptz,
        ignored_by text,
        next_check_at timestamptz not null default now(),
        claimed_until timestamptz,
        version integer not null default 1
      );
      create index resource_checks_due on resource_checks (next_check_at);

      -- What is right now where it is not what was applied: accepted by somebody, or changed by an operation.
      create table resource_expectations (
        resource_id text not null references resources (id),
        position integer not null,
        facts jsonb not null,
        reason text not null,
        by_person text not null,
        at timestamptz not null default now(),
        primary key (resource_id, position)
      );

      create table resource_operations (
        id text primary key,
        idempotency_key text not null unique,
        resource_id text not null references resources (id),
        kind text not null check (kind in ('operation', 'reconcile')),
        name text not null,
        title text not null,
        state text not null check (state in ('awaiting-approval', 'waiting', 'running', 'done', 'failed', 'denied', 'expired')),
        item_digest text not null,
        parameters jsonb not null,
        plan jsonb not null,
        before jsonb,
        outputs jsonb not null default '{}',
        failure text,
        reason text not null,
        person_id text not null,
        approval_id text,
        run_id text,
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        ended_at timestamptz
      );
      create unique index resource_operations_one_at_a_time on resource_operations (resource_id)
        where state in ('awaiting-approval', 'waiting', 'running');
      create index resource_operations_by_resource on resource_operations (resource_id, created_at desc);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table resource_operations;
      drop table resource_expectations;
      drop table resource_checks;
      alter table runs drop constraint runs_kind_check;
      alter table runs add constraint runs_kind_check check (kind in ('apply', 'destroy', 'step', 'rollback')) not valid;
    `);
  }
}
