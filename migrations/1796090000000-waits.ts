import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What steps wait for: answers of people, and events that other systems tell. */
export class Waits1796090000000 implements MigrationInterface {
  name = 'Waits1796090000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table confirmations (
        id text primary key,
        key text not null unique,
        run_id text not null,
        subject_kind text not null,
        subject_id text not null,
        question text not null,
        asked jsonb not null,
        state text not null default 'open' check (state in ('open', 'confirmed', 'refused', 'withdrawn')),
        answered_by text,
        trace_id text not null,
        created_at timestamptz not null default now(),
        ended_at timestamptz,
        version integer not null default 1,
        check ((state in ('confirmed', 'refused')) = (answered_by is not null))
      );

      create table received_events (
        id bigint generated always as identity primary key,
        name text not null,
        -- As its sender calls it: a repeated delivery is one event.
        delivery text not null,
        body jsonb not null,
        received_at timestamptz not null default now(),
        unique (name, delivery)
      );
      create index received_events_by_name on received_events (name, received_at);
      create index received_events_by_age on received_events (received_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table confirmations, received_events;');
  }
}
