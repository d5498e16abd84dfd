import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The local store's ciphertexts, and single-use deliveries of credentials to one person. */
export class Secrets1795392100000 implements MigrationInterface {
  name = 'Secrets1795392100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table local_secrets (
        path text not null,
        version integer not null,
        idempotency_key text not null unique,
        sealed_key bytea not null,
        sealed_data bytea not null,
        created_at timestamptz not null default now(),
        primary key (path, version)
      );

      create table secret_deliveries (
        id text primary key,
        token_hash text not null unique,
        secret_ref text not null,
        person_id text not null,
        subject_kind text not null,
        subject_id text not null,
        state text not null check (state in ('issued', 'asked', 'confirmed', 'rejected', 'used')),
        browser_hash text,
        number text,
        attempts integer not null default 0,
        trace_id text not null,
        expires_at timestamptz not null,
        created_at timestamptz not null default now()
      );
      create index secret_deliveries_by_person on secret_deliveries (person_id, created_at desc);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table secret_deliveries, local_secrets;');
  }
}
