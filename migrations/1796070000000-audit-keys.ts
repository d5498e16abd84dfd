import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signing keys that were replaced, each vouched for by its successor; which checkpoints went to the audit channel. */
export class AuditKeys1796070000000 implements MigrationInterface {
  name = 'AuditKeys1796070000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table audit_keys (
        id text primary key,
        successor text not null unique,
        body bytea not null,
        signature text not null,
        at timestamptz not null default now()
      );
      create trigger audit_keys_no_change before update or delete on audit_keys for each row execute function audit_is_append_only();
      create trigger audit_keys_no_truncate before truncate on audit_keys for each statement execute function audit_is_append_only();
      alter table audit_keys enable always trigger audit_keys_no_change;
      alter table audit_keys enable always trigger audit_keys_no_truncate;

      alter table audit_checkpoints add column posted boolean not null default false;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table audit_checkpoints drop column posted; drop table audit_keys;');
  }
}
