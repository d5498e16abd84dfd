import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit trail: append-only by triggers that fire whatever the session's replication role, in hash chains with one head each. */
export class Audit1795392200000 implements MigrationInterface {
  name = 'Audit1795392200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table audit_heads (
        chain smallint primary key,
        sequence bigint not null default 0,
        hash text not null default ''
      );
      insert into audit_heads (chain) select generate_series(0, 15);

      create table audit_events (
        id text primary key,
        chain smallint not null references audit_heads (chain),
        sequence bigint not null,
        at timestamptz not null,
        type text not null,
        actor_kind text not null,
        actor_id text not null,
        subject_kind text not null,
        subject_id text not null,
        trace_id text not null,
        summary text not null,
        body bytea not null,
        previous_hash text not null,
        hash text not null,
        unique (chain, sequence)
      );
      create index audit_by_subject on audit_events (subject_kind, subject_id, at);
      create index audit_by_time on audit_events (at desc, id);

      create table audit_checkpoints (
        number bigint primary key,
        at timestamptz not null,
        body bytea not null,
        previous_hash text not null,
        hash text not null,
        signature text not null
      );

      create function audit_is_append_only() returns trigger language plpgsql as $$
      begin
        raise exception 'The audit trail is append-only: % on % is refused.', tg_op, tg_table_name using errcode = '42501';
      end $$;
    `);
    for (const table of ['audit_events', 'audit_checkpoints']) {
      await runner.query(`
        create trigger ${table}_no_change before update or delete on ${table} for each row execute function audit_is_append_only();
        create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function audit_is_append_only();
        alter table ${table} enable always trigger ${table}_no_change;
        alter table ${table} enable always trigger ${table}_no_truncate;
      `);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table audit_checkpoints, audit_events, audit_heads; drop function audit_is_append_only();',
    );
  }
}
