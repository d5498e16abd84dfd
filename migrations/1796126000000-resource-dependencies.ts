import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which resource stands on which. */
export class ResourceDependencies1796126000000 implements MigrationInterface {
  name = 'ResourceDependencies1796126000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table resource_dependencies (
        resource_id text not null references resources (id),
        on_id text not null references resources (id),
        primary key (resource_id, on_id),
        check (resource_id <> on_id)
      );
      create index resource_dependencies_on on resource_dependencies (on_id);

      -- At the end of its lease what stands on it is destroyed with it; otherwise it waits.
      alter table resources add column takes_dependents boolean not null default false;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table resources drop column takes_dependents;
      drop table resource_dependencies;
    `);
  }
}
