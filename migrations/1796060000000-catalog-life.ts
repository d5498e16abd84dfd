import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions that are found by number however many there are; who was told of a broken file; reloads that every replica hears of. */
export class CatalogLife1796060000000 implements MigrationInterface {
  name = 'CatalogLife1796060000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table catalog_versions
        add column first_loaded_at timestamptz not null default now(),
        -- Drafts are never offered: they may change without a new version.
        add column offered boolean generated always as (coalesce(document ->> 'lifecycle', 'active') <> 'draft') stored;
      update catalog_versions set first_loaded_at = loaded_at;
      create index catalog_versions_by_number on catalog_versions (kind, name, (string_to_array(version, '.')::numeric[]) desc);
      create index catalog_versions_by_file on catalog_versions (kind, file, loaded_at desc);

      create table broken_files (
        file text primary key,
        digest text not null,
        recipient text not null,
        told_at timestamptz not null default now()
      );

      create table catalog_reloads (
        id bigint generated always as identity primary key,
        requested_by text not null,
        requested_at timestamptz not null default now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table catalog_reloads;
      drop table broken_files;
      drop index catalog_versions_by_file;
      drop index catalog_versions_by_number;
      alter table catalog_versions drop column offered, drop column first_loaded_at;
    `);
  }
}
