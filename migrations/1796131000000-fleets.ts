import type { MigrationInterface, QueryRunner } from 'typeorm';

/** All living resources of an item are upgraded in waves; their owners may put it off. */
export class Fleets1796131000000 implements MigrationInterface {
  name = 'Fleets1796131000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table fleets (
        id text primary key,
        idempotency_key text not null unique,
        item_name text not null,
        item_title text not null,
        item_owner text not null,
        item_version text not null,
        item_digest text not null,
        state text not null check (state in ('running', 'paused', 'stopped', 'done')),
        wave integer not null default 1,
        waves integer not null check (waves > 0),
        paused_because text,
        reason text not null,
        person_id text not null,
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        ended_at timestamptz
      );
      create unique index fleets_one_at_a_time on fleets (item_name) where state in ('running', 'paused');

      create table fleet_members (
        fleet_id text not null references fleets (id),
        resource_id text not null references resources (id),
        wave integer not null,
        state text not null check (state in ('waiting', 'under-way', 'done', 'failed', 'skipped', 'pinned')),
        told boolean not null default false,
        operation_id text references resource_operations (id),
        detail text,
        version integer not null default 1,
        primary key (fleet_id, resource_id)
      );
      create index fleet_members_by_resource on fleet_members (resource_id);

      -- Whose owner does not want it upgraded just now.
      create table resource_pins (
        resource_id text primary key references resources (id),
        state text not null check (state in ('active', 'over', 'lifted')),
        reason text not null,
        person_id text not null,
        until timestamptz not null,
        version integer not null default 1,
        pinned_at timestamptz not null default now()
      );
      create index resource_pins_ending on resource_pins (until) where state = 'active';

      -- Which of the operations are part of one.
      alter table resource_operations add column fleet_id text references fleets (id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table resource_operations drop column fleet_id;
      drop table resource_pins, fleet_members, fleets;
    `);
  }
}
