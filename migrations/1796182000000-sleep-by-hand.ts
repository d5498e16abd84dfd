import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when a resource that somebody put to sleep is left asleep by its schedule. */
export class SleepByHand1796182000000 implements MigrationInterface {
  name = 'SleepByHand1796182000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table resource_schedules add column asleep_until timestamptz, add column asleep_by text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table resource_schedules drop column asleep_until, drop column asleep_by');
  }
}
