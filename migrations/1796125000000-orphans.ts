import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is left of runs whose request failed, or whose resource is gone. */
export class Orphans1796125000000 implements MigrationInterface {
  name = 'Orphans1796125000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table orphans (
        run_id text primary key references runs (id),
        resource_id text not null references resources (id),
        state text not null default 'unchecked' check (state in ('unchecked', 'found', 'removing', 'gone')),
        things jsonb not null default '[]',
        failure text,
        found_at timestamptz,
        ignored_until timestamptz,
        ignored_by text,
        removal_run_id text references runs (id),
        looks integer not null default 0,
        looked_at timestamptz,
        -- Null: it was looked at often enough.
        next_look_at timestamptz default now(),
        claimed_until timestamptz,
        version integer not null default 1
      );
      create index orphans_due on orphans (next_look_at) where next_look_at is not null;
      create index orphans_left on orphans (found_at) where state in ('found', 'removing');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table orphans');
  }
}
