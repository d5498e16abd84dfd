import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests that stopped half-way, and are kept so for somebody to look at. */
export class HaltedRequests1796100000000 implements MigrationInterface {
  name = 'HaltedRequests1796100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table requests add column halted_until timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table requests drop column halted_until`);
  }
}
