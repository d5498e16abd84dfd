import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a mistake in a file was mended, so that it is told once and not by every replica at every reload. */
export class ToldMistakes1796062000000 implements MigrationInterface {
  name = 'ToldMistakes1796062000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table broken_files add column mended_at timestamptz;
      drop table catalog_reloads;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table catalog_reloads (
        id bigint generated always as identity primary key,
        requested_by text not null,
        requested_at timestamptz not null default now()
      );
      alter table broken_files drop column mended_at;
    `);
  }
}
