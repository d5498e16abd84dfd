import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Plans that were sent while others were still being opened: kept before Slack is answered, opened in order. */
export class SentPlans1796104000000 implements MigrationInterface {
  name = 'SentPlans1796104000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sent_plans (
        draft_id text primary key,
        person_id text not null,
        view_id text not null,
        trace_id text not null,
        sent_at timestamptz not null default now(),
        -- A replica holds it until then; afterwards any other takes it over.
        held_until timestamptz not null
      );
      create index sent_plans_held on sent_plans (held_until);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table sent_plans;');
  }
}
