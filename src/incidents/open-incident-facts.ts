import { Injectable } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import { ActiveIncidents, type IncidentFact } from '../policy/index.js';

const MOST = 50;

/** The open incidents, as the rules of catalog/policies look at them: the most severe first. */
@Injectable()
export class OpenIncidentFacts extends ActiveIncidents {
  constructor(private readonly transactions: Transactions) {
    super();
  }

  open(): Promise<readonly IncidentFact[]> {
    return this.transactions.query<IncidentFact>(
      `select incidents.id, incidents.title, incidents.severity,
         coalesce(resources.environment, '') as environment,
         coalesce(resources.team_id, '') as team,
         coalesce(resources.item_name, '') as item
       from incidents left join resources on resources.id = incidents.resource_id
       where incidents.state = 'open'
       order by incidents.severity, incidents.declared_at desc
       limit ${MOST}`,
    );
  }
}
