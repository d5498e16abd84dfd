import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When Slack takes the next message in a channel: one a second, whichever replica sends it. */
export class SlackLanes1796071000000 implements MigrationInterface {
  name = 'SlackLanes1796071000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create unlogged table slack_lanes (lane text primary key, free_at timestamptz not null);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table slack_lanes;');
  }
}
