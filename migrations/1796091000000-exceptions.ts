import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Time-boxed waivers of rules: granted by a rule's owner, or taken by breaking the glass in an incident. */
export class Exceptions1796091000000 implements MigrationInterface {
  name = 'Exceptions1796091000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table exceptions (
        id text primary key,
        idempotency_key text not null unique,
        kind text not null check (kind in ('rule', 'break-glass')),
        state text not null check (state in ('asked', 'active', 'denied', 'expired', 'ended', 'revoked')),
        rule_id text,
        rule_title text not null,
        owner_team_id text not null,
        person_id text not null,
        team_id text not null,
        environment text not null,
        item_name text not null,
        reason text not null,
        hours integer not null check (hours > 0),
        incident_id text,
        approval_id text,
        review text check (review in ('open', 'fine', 'not-fine')),
        decided_by text[] not null default '{}',
        ended_by text,
        starts_at timestamptz,
        ends_at timestamptz,
        reminded_at timestamptz,
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        check ((kind = 'rule') = (rule_id is not null)),
        check ((kind = 'break-glass') = (incident_id is not null))
      );
      create index exceptions_active on exceptions (person_id, team_id, environment, item_name) where state = 'active';
      create index exceptions_open on exceptions (created_at desc) where state in ('asked', 'active') or review = 'open';
      create index exceptions_ending on exceptions (ends_at) where state = 'active';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table exceptions');
  }
}
