import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What credentials are for, as people call it: on the page where they are fetched. */
export class DeliveryTitles1796181000000 implements MigrationInterface {
  name = 'DeliveryTitles1796181000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table secret_deliveries add column subject_title text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table secret_deliveries drop column subject_title');
  }
}
