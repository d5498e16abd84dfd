import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules and freeze windows are kept by version, as everything that is read from files. */
export class PolicyRules1796020000000 implements MigrationInterface {
  name = 'PolicyRules1796020000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table catalog_versions drop constraint if exists catalog_versions_kind_check;
      alter table catalog_versions add constraint catalog_versions_kind_word check (kind ~ '^[a-z]+(-[a-z]+)*$');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table catalog_versions drop constraint catalog_versions_kind_word;
      delete from catalog_versions where kind in ('rule', 'freezes');
      alter table catalog_versions add constraint catalog_versions_kind_check
        check (kind in ('item', 'runbook', 'access')) not valid;
    `);
  }
}
