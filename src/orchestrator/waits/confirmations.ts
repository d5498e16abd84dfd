import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../../audit/index.js';
import { isInTeam, People, type Person } from '../../identity/index.js';
import { Changes, Notices, type Recipient, type SubjectRef } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { Policy } from '../../policy/index.js';
import { Redactor } from '../../secrets/index.js';
import { AppError, Ids, type JsonObject } from '../../shared/index.js';
import { ActionFailed } from '../action.js';
import { type Answer, ConfirmationDesk, type Question } from '../actions/wait/ports.js';
import { RunStore } from '../runs/index.js';

export class ConfirmationRefused extends AppError {
  readonly code = 'orchestrator.confirmation_refused';
}

type Asked = Question['of'];

interface Row {
  id: string;
  subject_kind: SubjectRef['kind'];
  subject_id: string;
  question: string;
  asked: Asked;
  state: 'open' | 'confirmed' | 'refused' | 'withdrawn';
  answered_by: string | null;
  trace_id: string;
  version: number;
}

/** Questions that steps have for people. Each is asked once, and the first valid answer counts. */
@Injectable()
export class Confirmations extends ConfirmationDesk {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: Audit,
    private readonly notices: Notices,
    private readonly changes: Changes,
    private readonly policy: Policy,
    private readonly people: People,
    private readonly runs: RunStore,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
  ) {
    super();
  }

  async ask({ key, text, of }: Question): Promise<void> {
    const { id: runId, subject, traceId } = await this.runs.get(runIn(key));
    const to = this.recipient(of);
    const question = this.redactor.text(text);
    await this.transactions.run(async (tx) => {
      const id = this.ids.next('cfm');
      const added = await tx.query(
        `insert into confirmations (id, key, run_id, subject_kind, subject_id, question, asked, trace_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (key) do nothing returning id`,
        [id, key, runId, subject.kind, subject.id, question, JSON.stringify(of), traceId],
      );
      if (added.length === 0) return;
      const data: JsonObject = { confirmationId: id, subjectId: subject.id, question };
      await this.notices.post(tx, { key: `confirmation-wanted:${id}`, to, template: 'confirmation-wanted', data });
      const summary = `asked ${'team' in of ? of.team : of.person} to confirm: ${question}`;
      await this.note(tx, { type: 'confirmation.asked', actor: SYSTEM, subject, traceId, summary, id });
    });
  }

  async answer(key: string): Promise<Answer> {
    const [row] = await this.transactions.query<Pick<Row, 'state' | 'answered_by'>>(
      'select state, answered_by from confirmations where key = $1',
      [key],
    );
    if (row?.state === 'withdrawn') throw new ActionFailed('The question was withdrawn.', false);
    if (row === undefined || row.state === 'open' || row.answered_by === null) return { kind: 'open' };
    return { kind: row.state, by: row.answered_by };
  }

  async withdraw(key: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const [row] = await tx.query<Row>(
        `update confirmations set state = 'withdrawn', ended_at = now(), version = version + 1
         where key = $1 and state = 'open' returning *`,
        [key],
      );
      if (row === undefined) return;
      const { id, question } = row;
      const summary = `nobody is waiting any more for: ${question}`;
      await this.note(tx, { type: 'confirmation.withdrawn', actor: SYSTEM, ...whatOf(row), summary, id });
    });
  }

  /** A person's yes or no. The same answer of the same person again changes nothing. @throws ConfirmationRefused with what to do */
  async give(id: string, personId: string, isYes: boolean): Promise<{ question: string }> {
    const person = await this.people.getFresh(personId);
    return this.transactions.run(async (tx) => {
      const [row] = await tx.query<Row>('select * from confirmations where id = $1 for update', [id]);
      if (row === undefined) throw new ConfirmationRefused('This question is not known any more. Nothing was done.');
      const to = isYes ? 'confirmed' : 'refused';
      const { question } = row;
      if (row.state === to && row.answered_by === person.id) return { question };
      if (row.state !== 'open') throw new ConfirmationRefused(OVER[row.state]);
      if (!isAsked(row.asked, person))
        throw new ConfirmationRefused(
          'This question is for somebody else to answer. Nothing was done; ask one of those it names.',
        );
      await tx.query(
        `update confirmations set state = $2, answered_by = $3, ended_at = now(), version = version + 1
         where id = $1 and version = $4`,
        [id, to, person.id, row.version],
      );
      const actor: AuditActor = { kind: 'person', id: person.id };
      const summary = `${isYes ? 'confirmed' : 'said no to'}: ${question}`;
      await this.note(tx, { type: `confirmation.${to}`, actor, ...whatOf(row), summary, id });
      return { question };
    });
  }

  private recipient(of: Asked): Recipient {
    if ('person' in of) return { kind: 'person', personId: of.person };
    const team = this.policy.teams().find(({ id }) => id === of.team);
    if (team === undefined) throw new ActionFailed(`There is no team ${of.team} to ask.`, false);
    return { kind: 'channel', channel: team.channel };
  }

  private async note(
    tx: Tx,
    {
      id,
      ...event
    }: { id: string; type: string; actor: AuditActor; subject: SubjectRef; traceId: string; summary: string },
  ): Promise<void> {
    await this.changes.mark(tx, event.subject);
    await this.audit.append(tx, { ...event, data: { confirmationId: id } });
  }
}

const SYSTEM: AuditActor = { kind: 'system', id: 'orchestrator' };
const OVER: Readonly<Record<'confirmed' | 'refused' | 'withdrawn', string>> = {
  confirmed: 'Somebody confirmed it already. Nothing was changed.',
  refused: 'Somebody said no already. Nothing was changed.',
  withdrawn: 'Nobody is waiting for this answer any more. Nothing was changed.',
};

function isAsked(of: Asked, person: Person): boolean {
  return 'person' in of ? of.person === person.id : isInTeam(person, of.team, of.leadsOnly ? 'lead' : 'member');
}

function whatOf(row: Row): { subject: SubjectRef; traceId: string } {
  return { subject: { kind: row.subject_kind, id: row.subject_id }, traceId: row.trace_id };
}

/** `run:<id>:<position>`, as the orchestrator makes its keys. */
function runIn(key: string): string {
  return key.split(':')[1] ?? '';
}
