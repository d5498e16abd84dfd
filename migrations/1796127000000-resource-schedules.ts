import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When resources sleep. */
export class ResourceSchedules1796127000000 implements MigrationInterface {
  name = 'ResourceSchedules1796127000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table resource_schedules (
        resource_id text primary key references resources (id),
        -- Null: none any more; it is woken if it sleeps.
        choice text,
        time_zone text not null,
        set_by text not null,
        state text not null default 'awake' check (state in ('awake', 'asleep')),
        awake_until timestamptz,
        awake_by text,
        failure text,
        next_try_at timestamptz not null default now(),
        -- One operation each.
        attempt integer not null default 1,
        version integer not null default 1
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table resource_schedules');
  }
}
