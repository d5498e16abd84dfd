import { Injectable } from '@nestjs/common';
import type { Severity } from '../catalog/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Incident, IncidentState, Room } from './incident.js';
import { UnknownIncident } from './incidents.errors.js';

/** A transaction, or reads outside of one. */
export type Reader = Pick<Tx, 'query'>;

interface IncidentRow {
  id: string;
  state: IncidentState;
  title: string;
  severity: Severity;
  description: string;
  declared_by: string;
  commander_id: string;
  on_call_id: string | null;
  resource_id: string | null;
  channel_id: string | null;
  channel_name: string | null;
  channel_own: boolean | null;
  summary: string | null;
  resolved_by: string | null;
  resolved_at: Date | null;
  postmortem: string | null;
  trace_id: string;
  version: number;
  declared_at: Date;
}

export interface NewIncident {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly title: string;
  readonly severity: Severity;
  readonly description: string;
  readonly declaredBy: string;
  readonly resourceId: string | null;
  readonly traceId: string;
}

/** The incidents table. Changes are compare-and-set: null means that somebody else was first. */
@Injectable()
export class IncidentStore {
  constructor(private readonly transactions: Transactions) {}

  /** @throws UnknownIncident */
  async get(id: string, reader: Reader = this.transactions): Promise<Incident> {
    const [row] = await reader.query<IncidentRow>('select * from incidents where id = $1', [id]);
    if (row === undefined) throw new UnknownIncident(id);
    return incidentOf(row);
  }

  /** The open incident of a channel, else the last one that was resolved there. */
  async findByChannel(channelId: string): Promise<Incident | null> {
    const [row] = await this.transactions.query<IncidentRow>(
      `select * from incidents where channel_id = $1 order by state = 'open' desc, declared_at desc limit 1`,
      [channelId],
    );
    return row === undefined ? null : incidentOf(row);
  }

  /** Newest first. */
  async list(state: IncidentState, limit: number): Promise<Incident[]> {
    const rows = await this.transactions.query<IncidentRow>(
      'select * from incidents where state = $1 order by declared_at desc limit $2',
      [state, limit],
    );
    return rows.map(incidentOf);
  }

  /** Null when the key was used before. */
  async insert(tx: Tx, incident: NewIncident): Promise<Incident | null> {
    const { id, idempotencyKey, title, severity, description, declaredBy, resourceId, traceId } = incident;
    const [row] = await tx.query<IncidentRow>(
      `insert into incidents (id, idempotency_key, state, title, severity, description, declared_by, commander_id, resource_id, trace_id)
       values ($1, $2, 'open', $3, $4, $5, $6, $6, $7, $8) on conflict (idempotency_key) do nothing returning *`,
      [id, idempotencyKey, title, severity, description, declaredBy, resourceId, traceId],
    );
    return row === undefined ? null : incidentOf(row);
  }

  async getByKey(tx: Tx, idempotencyKey: string): Promise<Incident> {
    const [row] = await tx.query<IncidentRow>('select * from incidents where idempotency_key = $1', [idempotencyKey]);
    if (row === undefined) throw new UnknownIncident(idempotencyKey);
    return incidentOf(row);
  }

  /** The first room stays: null when there is one already. */
  setRoom(tx: Tx, id: string, room: Room): Promise<Incident | null> {
    return this.change(
      tx,
      `channel_id = $2, channel_name = $3, channel_own = $4 where id = $1 and channel_id is null`,
      [id, room.channelId, room.name, room.own],
    );
  }

  setOnCall(tx: Tx, id: string, personId: string): Promise<Incident | null> {
    return this.change(tx, 'on_call_id = $2 where id = $1 and on_call_id is distinct from $2', [id, personId]);
  }

  setSeverity(tx: Tx, id: string, severity: Severity): Promise<Incident | null> {
    return this.change(tx, `severity = $2 where id = $1 and state = 'open' and severity <> $2`, [id, severity]);
  }

  setCommander(tx: Tx, id: string, personId: string): Promise<Incident | null> {
    return this.change(tx, `commander_id = $2 where id = $1 and state = 'open' and commander_id <> $2`, [id, personId]);
  }

  resolve(tx: Tx, id: string, personId: string, summary: string): Promise<Incident | null> {
    return this.change(
      tx,
      `state = 'resolved', resolved_by = $2, summary = $3, resolved_at = now() where id = $1 and state = 'open'`,
      [id, personId, summary],
    );
  }

  setPostmortem(tx: Tx, id: string, markdown: string): Promise<Incident | null> {
    return this.change(tx, 'postmortem = $2 where id = $1 and postmortem is null', [id, markdown]);
  }

  /** Holds the incident still until the transaction ends, so that nothing is started in one that is just being resolved. */
  async lock(tx: Tx, id: string): Promise<Incident> {
    await tx.query('select 1 from incidents where id = $1 for update', [id]);
    return this.get(id, tx);
  }

  private async change(tx: Tx, assignments: string, parameters: readonly unknown[]): Promise<Incident | null> {
    const [row] = await tx.query<IncidentRow>(
      `update incidents set version = version + 1, ${assignments} returning *`,
      parameters,
    );
    return row === undefined ? null : incidentOf(row);
  }
}

function incidentOf(row: IncidentRow): Incident {
  return {
    id: row.id,
    state: row.state,
    title: row.title,
    severity: row.severity,
    description: row.description,
    declaredBy: row.declared_by,
    commanderId: row.commander_id,
    onCallId: row.on_call_id,
    resourceId: row.resource_id,
    room:
      row.channel_id === null
        ? null
        : { channelId: row.channel_id, name: row.channel_name ?? row.channel_id, own: row.channel_own ?? false },
    summary: row.summary,
    resolvedBy: row.resolved_by,
    resolvedAt: row.resolved_at,
    postmortem: row.postmortem,
    traceId: row.trace_id,
    version: row.version,
    declaredAt: row.declared_at,
  };
}
