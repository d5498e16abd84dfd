import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The core tables: what is offered, wished for, agreed, run and looked after, and the marks that cards follow from. */
export class Foundation1795392000000 implements MigrationInterface {
  name = 'Foundation1795392000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table catalog_versions (
        kind text not null check (kind in ('item', 'runbook', 'access')),
        name text not null,
        digest text not null,
        version text not null,
        file text not null,
        source text not null,
        document jsonb not null,
        loaded_at timestamptz not null default now(),
        primary key (kind, name, digest)
      );

      create table requests (
        id text primary key,
        idempotency_key text not null unique,
        state text not null check (state in ('awaiting-approval', 'provisioning', 'ready', 'failed', 'denied', 'expired', 'cancelled')),
        requester_id text not null,
        team_id text not null,
        environment text not null,
        item_name text not null,
        item_version text not null,
        item_digest text not null,
        parameters jsonb not null,
        reason text not null default '',
        lease_hours integer not null check (lease_hours > 0),
        plan jsonb not null,
        plan_digest text not null,
        origin_channel_id text,
        resource_id text not null unique,
        approval_id text,
        run_id text,
        failure jsonb,
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        settled_at timestamptz
      );
      create index requests_by_requester on requests (requester_id, created_at desc);
      create index requests_by_team on requests (team_id, created_at desc);
      create index requests_unsettled on requests (created_at) where settled_at is null;

      create table approvals (
        id text primary key,
        subject_kind text not null,
        subject_id text not null,
        state text not null check (state in ('waiting', 'approved', 'denied', 'expired', 'cancelled')),
        title text not null,
        digest text not null,
        need jsonb not null,
        requester_id text not null,
        workflow_id text not null,
        expires_at timestamptz not null,
        decided_by text[] not null default '{}',
        decided_reason text,
        decided_at timestamptz,
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now()
      );
      create index approvals_by_subject on approvals (subject_kind, subject_id);
      create index approvals_waiting on approvals (expires_at) where state = 'waiting';

      create table votes (
        approval_id text not null references approvals (id),
        person_id text not null,
        choice text not null check (choice in ('yes', 'no')),
        via text not null check (via in ('button', 'reaction')),
        digest text not null,
        reason text,
        cast_at timestamptz not null default now(),
        primary key (approval_id, person_id)
      );

      create table runs (
        id text primary key,
        subject_kind text not null,
        subject_id text not null,
        kind text not null check (kind in ('apply', 'destroy', 'step', 'rollback')),
        state text not null check (state in ('waiting', 'running', 'compensating', 'succeeded', 'failed', 'cancelled')),
        scope jsonb not null,
        failure jsonb,
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        started_at timestamptz,
        ended_at timestamptz
      );
      create index runs_by_subject on runs (subject_kind, subject_id, created_at desc);

      create table step_runs (
        run_id text not null references runs (id),
        position integer not null,
        name text not null,
        title text not null,
        action text not null,
        template jsonb not null,
        state text not null check (state in ('waiting', 'running', 'succeeded', 'failed', 'skipped', 'compensating', 'compensated', 'compensation-failed')),
        attempts integer not null default 0,
        idempotency_key text not null unique,
        input jsonb,
        output jsonb,
        action_state jsonb,
        failure jsonb,
        progress text,
        started_at timestamptz,
        ended_at timestamptz,
        primary key (run_id, position)
      );

      create table resources (
        id text primary key,
        request_id text,
        kind text not null,
        title text not null,
        state text not null check (state in ('provisioning', 'active', 'destroying', 'destroyed', 'destroy-failed', 'failed')),
        item_name text not null,
        item_version text not null,
        item_digest text not null,
        team_id text not null,
        environment text not null,
        owner_id text not null,
        parameters jsonb not null,
        outputs jsonb not null default '{}',
        secret_ref text,
        run_id text,
        destroy_run_id text,
        lease_hours integer not null,
        lease_ends_at timestamptz,
        lease_warned_at timestamptz,
        destroy_reason text,
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        destroyed_at timestamptz
      );
      create index resources_by_owner on resources (owner_id, created_at desc);
      create index resources_by_team on resources (team_id, created_at desc);
      create index resources_by_lease on resources (lease_ends_at) where state = 'active';

      create table subject_changes (
        subject_kind text not null,
        subject_id text not null,
        revision bigint not null default 1,
        changed_at timestamptz not null default now(),
        primary key (subject_kind, subject_id)
      );

      create table notices (
        id bigint generated always as identity primary key,
        key text not null unique,
        recipient jsonb not null,
        template text not null,
        data jsonb not null,
        state text not null default 'waiting' check (state in ('waiting', 'posting', 'posted', 'abandoned')),
        attempts integer not null default 0,
        not_before timestamptz not null default now(),
        posted_at timestamptz,
        last_error text,
        created_at timestamptz not null default now()
      );
      create index notices_waiting on notices (not_before, id) where state in ('waiting', 'posting');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table notices, subject_changes, resources, step_runs, runs, votes, approvals, requests, catalog_versions;
    `);
  }
}
