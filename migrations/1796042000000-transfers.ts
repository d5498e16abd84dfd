import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Resources that somebody gives to somebody else, and how it ended. */
export class Transfers1796042000000 implements MigrationInterface {
  name = 'Transfers1796042000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table transfers (
        id text primary key,
        resource_id text not null references resources,
        from_person text not null,
        from_team text not null,
        to_person text not null,
        to_team text not null,
        offered_by text not null,
        reason text not null,
        state text not null default 'offered' check (state in ('offered', 'accepted', 'declined', 'withdrawn', 'expired')),
        decided_by text,
        trace_id text not null,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        decided_at timestamptz
      );
      create unique index transfers_open on transfers (resource_id) where state = 'offered';
      create index transfers_ending on transfers (expires_at) where state = 'offered';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table transfers;');
  }
}
