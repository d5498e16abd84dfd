import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Living resources become what a newer version of their item asks for. */
export class Upgrades1796130000000 implements MigrationInterface {
  name = 'Upgrades1796130000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table runs drop constraint runs_kind_check;
      alter table runs add constraint runs_kind_check
        check (kind in ('apply', 'destroy', 'step', 'rollback', 'operate', 'reconcile', 'upgrade'));
      alter table resource_operations drop constraint resource_operations_kind_check;
      alter table resource_operations add constraint resource_operations_kind_check
        check (kind in ('operation', 'reconcile', 'upgrade'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table resource_operations drop constraint resource_operations_kind_check;
      alter table resource_operations add constraint resource_operations_kind_check
        check (kind in ('operation', 'reconcile')) not valid;
      alter table runs drop constraint runs_kind_check;
      alter table runs add constraint runs_kind_check
        check (kind in ('apply', 'destroy', 'step', 'rollback', 'operate', 'reconcile')) not valid;
    `);
  }
}
