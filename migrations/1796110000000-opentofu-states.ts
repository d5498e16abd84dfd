import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What OpenTofu remembers of what it made, one row a workspace, sealed because it holds secrets; and who is at it. */
export class OpentofuStates1796110000000 implements MigrationInterface {
  name = 'OpentofuStates1796110000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table opentofu_states (
        id text primary key,
        key_ref text,
        sealed bytea,
        applied jsonb,
        applied_by text,
        locked_by text,
        locked_until timestamptz,
        version integer not null default 1,
        changed_at timestamptz not null default now(),
        check ((sealed is null) = (key_ref is null)),
        check ((locked_by is null) = (locked_until is null))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table opentofu_states');
  }
}
