import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The same thing is not made twice for a team in an environment. */
export class ResourceIdentity1796102000000 implements MigrationInterface {
  name = 'ResourceIdentity1796102000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table resources add column identity text;
      create unique index resources_identity on resources (identity)
        where identity is not null and state in ('provisioning', 'active', 'destroying', 'destroy-failed');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index resources_identity; alter table resources drop column identity;`);
  }
}
