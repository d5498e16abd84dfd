export type TransferState = 'offered' | 'accepted' | 'declined' | 'withdrawn' | 'expired';

/** A resource on its way from one person to another, perhaps of another team. */
export interface Transfer {
  readonly id: string;
  readonly resourceId: string;
  readonly fromPerson: string;
  readonly fromTeam: string;
  readonly toPerson: string;
  readonly toTeam: string;
  readonly offeredBy: string;
  readonly reason: string;
  readonly state: TransferState;
  readonly decidedBy: string | null;
  readonly traceId: string;
  readonly expiresAt: Date;
}

export interface TransferRow {
  id: string;
  resource_id: string;
  from_person: string;
  from_team: string;
  to_person: string;
  to_team: string;
  offered_by: string;
  reason: string;
  state: TransferState;
  decided_by: string | null;
  trace_id: string;
  expires_at: Date;
}

export function transferOf(row: TransferRow): Transfer {
  return {
    id: row.id,
    resourceId: row.resource_id,
    fromPerson: row.from_person,
    fromTeam: row.from_team,
    toPerson: row.to_person,
    toTeam: row.to_team,
    offeredBy: row.offered_by,
    reason: row.reason,
    state: row.state,
    decidedBy: row.decided_by,
    traceId: row.trace_id,
    expiresAt: row.expires_at,
  };
}
