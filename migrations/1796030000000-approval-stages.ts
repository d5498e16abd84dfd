import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Approvals in stages: where each stands and since when, whom it waits for (so that a person's list is one look into an index),
 * when it reminds and escalates; whose place a vote takes; whose vote did not count and why; who is away and who stands in.
 */
export class ApprovalStages1796030000000 implements MigrationInterface {
  name = 'ApprovalStages1796030000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table approvals
        add column stage integer not null default 0,
        add column stage_since timestamptz,
        add column escalated text[] not null default '{}',
        add column escalate_at timestamptz,
        add column remind_at timestamptz,
        add column reminders integer not null default 0,
        add column waits_for text[] not null default '{}',
        add column arguments_changed_at timestamptz,
        add column likeness jsonb;
      update approvals set stage_since = created_at,
        waits_for = array[case
          when need -> 'from' ->> 'role' is not null then 'role:' || (need -> 'from' ->> 'role')
          else 'team:' || coalesce(need -> 'from' ->> 'teamId', '') || ':' || coalesce(need -> 'from' ->> 'relation', 'member') end]
        where need ? 'from';
      alter table approvals alter column stage_since set default now(), alter column stage_since set not null;
      create index approvals_waits_for on approvals using gin (waits_for) where state = 'waiting';
      create index approvals_remind on approvals (remind_at) where state = 'waiting' and remind_at is not null;
      create index approvals_escalate on approvals (escalate_at) where state = 'waiting' and escalate_at is not null;

      alter table votes
        add column stage integer not null default 0,
        add column on_behalf_of text,
        add column standing_id text;
      alter table votes drop constraint votes_via_check;
      alter table votes add constraint votes_via_check check (via in ('button', 'reaction', 'standing'));

      create table refused_votes (
        approval_id text not null references approvals (id),
        person_id text not null,
        via text not null check (via in ('button', 'reaction')),
        why text not null,
        at timestamptz not null default now(),
        primary key (approval_id, person_id)
      );

      create table absences (
        id text primary key,
        person_id text not null,
        delegate_id text check (delegate_id <> person_id),
        state text not null default 'away' check (state in ('away', 'back')),
        starts_at timestamptz not null default now(),
        ends_at timestamptz not null,
        version integer not null default 1
      );
      create unique index absences_one_at_a_time on absences (person_id) where state = 'away';
      create index absences_by_delegate on absences (delegate_id) where state = 'away';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table absences, refused_votes;
      delete from votes where via = 'standing';
      alter table votes drop constraint votes_via_check;
      alter table votes add constraint votes_via_check check (via in ('button', 'reaction'));
      alter table votes drop column stage, drop column on_behalf_of, drop column standing_id;
      alter table approvals
        drop column stage, drop column stage_since, drop column escalated, drop column escalate_at, drop column remind_at,
        drop column reminders, drop column waits_for, drop column arguments_changed_at, drop column likeness;
    `);
  }
}
