import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a playbook's step left behind may belong to no resource at all. */
export class OrphansOfSteps1796160000000 implements MigrationInterface {
  name = 'OrphansOfSteps1796160000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table orphans alter column resource_id drop not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from orphans where resource_id is null;
      alter table orphans alter column resource_id set not null;
    `);
  }
}
