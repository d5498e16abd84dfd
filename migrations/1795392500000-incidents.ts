import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Incidents, the playbook in use in each with its steps, and the timeline. */
export class Incidents1795392500000 implements MigrationInterface {
  name = 'Incidents1795392500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table incidents (
        id text primary key,
        idempotency_key text not null unique,
        state text not null check (state in ('open', 'resolved')),
        title text not null,
        severity text not null check (severity in ('sev1', 'sev2', 'sev3', 'sev4')),
        description text not null default '',
        declared_by text not null,
        commander_id text not null,
        on_call_id text,
        resource_id text,
        channel_id text,
        channel_name text,
        channel_own boolean,
        summary text,
        resolved_by text,
        resolved_at timestamptz,
        postmortem text,
        trace_id text not null,
        version integer not null default 1,
        declared_at timestamptz not null default now()
      );
      create index incidents_open on incidents (declared_at desc) where state = 'open';
      create index incidents_by_channel on incidents (channel_id);

      create table playbooks (
        id text primary key,
        incident_id text not null references incidents (id),
        runbook_name text not null,
        runbook_digest text not null,
        state text not null check (state in ('in-use', 'set-aside')),
        chosen_by text,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        unique (incident_id, runbook_name)
      );
      create unique index playbook_in_use on playbooks (incident_id) where state = 'in-use';

      create table playbook_steps (
        playbook_id text not null references playbooks (id),
        position integer not null,
        name text not null,
        title text not null,
        kind text not null check (kind in ('manual', 'diagnostic', 'automated')),
        instructions text,
        reversible boolean not null,
        state text not null check (state in ('waiting', 'awaiting-approval', 'running', 'done', 'failed', 'skipped', 'rolling-back', 'rolled-back', 'rollback-failed')),
        attempt integer not null default 0,
        scope jsonb,
        approval_id text,
        run_id text,
        rollback_run_id text,
        note text,
        changed_by text,
        changed_at timestamptz,
        version integer not null default 1,
        primary key (playbook_id, name)
      );

      create table incident_timeline (
        id bigint generated always as identity primary key,
        incident_id text not null references incidents (id),
        key text not null,
        kind text not null,
        at timestamptz not null default now(),
        text text not null,
        author_id text,
        pinned_by text[] not null default '{}',
        channel_id text,
        message_ts text,
        removed_at timestamptz,
        unique (incident_id, key)
      );
      create index incident_timeline_in_order on incident_timeline (incident_id, at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table incident_timeline, playbook_steps, playbooks, incidents;');
  }
}
