import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One-time pages on which a person gives a secret parameter: everything but the value, which is in the secret store only. */
export class SecretIntakes1796041000000 implements MigrationInterface {
  name = 'SecretIntakes1796041000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table secret_intakes (
        id text primary key,
        token_hash text not null unique,
        person_id text not null,
        draft_id text not null,
        path text not null,
        label text not null,
        about text not null,
        hint text,
        is_multiline boolean not null default false,
        screen text,
        state text not null check (state in ('issued', 'opened', 'confirmed', 'given', 'claimed', 'dead', 'removed')),
        browser_hash text,
        number text,
        attempts integer not null default 0,
        places text[] not null default '{}',
        secret_ref text unique,
        request_id text,
        trace_id text not null,
        version integer not null default 1,
        expires_at timestamptz not null,
        created_at timestamptz not null default now()
      );
      create index secret_intakes_by_person on secret_intakes (person_id, created_at desc);
      create index secret_intakes_by_draft on secret_intakes (draft_id);
      create index secret_intakes_kept on secret_intakes (expires_at) where places <> '{}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table secret_intakes;');
  }
}
