import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What resources cost and when, what teams were told of their budgets, and who waits for quota. */
export class Costs1796011000000 implements MigrationInterface {
  name = 'Costs1796011000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One resource's cost from its request to its end. The price is the one it was requested at.
      create table cost_commitments (
        resource_id text primary key,
        team_id text not null,
        environment text not null,
        item_name text not null,
        owner_id text not null,
        title text not null,
        currency text not null,
        hourly numeric not null check (hourly >= 0),
        once numeric not null check (once >= 0),
        lease_hours integer not null,
        state text not null default 'planned' check (state in ('planned', 'running', 'ended')),
        started_at timestamptz,
        lease_ends_at timestamptz,
        ended_at timestamptz,
        created_at timestamptz not null default now(),
        version integer not null default 1
      );
      create index cost_commitments_by_team on cost_commitments (team_id, ended_at);
      create index cost_commitments_by_time on cost_commitments (ended_at, started_at);

      -- Also the row that the requests of a team are serialized by while its budget is looked at.
      create table budget_states (
        team_id text not null,
        month date not null,
        state text not null default 'within' check (state in ('within', 'warn', 'over')),
        version integer not null default 1,
        primary key (team_id, month)
      );

      create table cost_days (
        day date not null,
        resource_id text not null,
        team_id text not null,
        environment text not null,
        item_name text not null,
        owner_id text not null,
        currency text not null,
        amount numeric not null,
        recorded_at timestamptz not null default now(),
        primary key (day, resource_id)
      );
      create index cost_days_by_series on cost_days (team_id, environment, item_name, day);

      create table cost_days_recorded (
        day date primary key,
        recorded_at timestamptz not null default now()
      );

      create table cost_anomalies (
        day date not null,
        team_id text not null,
        environment text not null,
        item_name text not null,
        currency text not null,
        amount numeric not null,
        usual numeric not null,
        threshold numeric not null,
        told text not null,
        found_at timestamptz not null default now(),
        primary key (day, team_id, environment, item_name)
      );

      create table quota_waits (
        waiter_id text not null,
        unit text not null,
        team_id text not null,
        environment text not null,
        amount numeric not null check (amount > 0),
        since timestamptz not null default clock_timestamp(),
        primary key (waiter_id, unit)
      );
      create index quota_waits_by_unit on quota_waits (team_id, environment, unit, since);

      create table queued_requests (
        id text primary key,
        idempotency_key text not null unique,
        state text not null default 'waiting' check (state in ('waiting', 'opening', 'opened', 'refused', 'cancelled', 'expired')),
        person_id text not null,
        team_id text not null,
        environment text not null,
        item_name text not null,
        title text not null,
        content jsonb not null,
        plan_digest text,
        wants jsonb not null,
        request_id text,
        outcome text,
        trace_id text not null,
        claimed_until timestamptz,
        expires_at timestamptz not null,
        version integer not null default 1,
        created_at timestamptz not null default clock_timestamp(),
        settled_at timestamptz
      );
      create index queued_requests_waiting on queued_requests (team_id, environment, created_at) where settled_at is null;
      create index queued_requests_by_person on queued_requests (person_id, created_at desc);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table queued_requests, quota_waits, cost_anomalies, cost_days_recorded, cost_days, budget_states, cost_commitments;',
    );
  }
}
