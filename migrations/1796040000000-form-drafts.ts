import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Forms of several pages: what was typed on each, and where somebody is; changed by compare-and-set on the version. */
export class FormDrafts1796040000000 implements MigrationInterface {
  name = 'FormDrafts1796040000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table request_drafts
        add column form jsonb,
        add column version integer not null default 1;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table request_drafts
        drop column form,
        drop column version;
    `);
  }
}
