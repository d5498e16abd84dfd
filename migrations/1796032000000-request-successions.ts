import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A request that was changed, or asked again after a denial, follows an earlier one: approvers see what is different. Arguments of an
 * approval are never exchanged under its votes: a changed request has an approval of its own.
 */
export class RequestSuccessions1796032000000 implements MigrationInterface {
  name = 'RequestSuccessions1796032000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table request_drafts add column follows text;
      alter table requests add column follows text references requests (id);
      create index requests_by_predecessor on requests (follows) where follows is not null;
      alter table approvals drop column arguments_changed_at;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table approvals add column arguments_changed_at timestamptz;
      alter table requests drop column follows;
      alter table request_drafts drop column follows;
    `);
  }
}
