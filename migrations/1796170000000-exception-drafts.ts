import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which form somebody was in when they asked for an exception: where they go on once they have it. */
export class ExceptionDrafts1796170000000 implements MigrationInterface {
  name = 'ExceptionDrafts1796170000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table exceptions add column draft_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table exceptions drop column draft_id');
  }
}
