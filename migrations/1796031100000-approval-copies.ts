import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the copies of approvals in one person's direct messages, so that nobody is flooded with them. */
export class ApprovalCopies1796031100000 implements MigrationInterface {
  name = 'ApprovalCopies1796031100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index cards_of_approver on cards (place) where surface = 'approval-copy'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index cards_of_approver');
  }
}
