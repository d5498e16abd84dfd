import type { IncidentFact } from './rules/rule-facts.js';

/** Port, bound in incidents/: the open incidents, for rules that look at them. The newest first, at most 50. */
export abstract class ActiveIncidents {
  abstract open(): Promise<readonly IncidentFact[]>;
}

/** Where nobody declares incidents. */
export class NoIncidents extends ActiveIncidents {
  open(): Promise<readonly IncidentFact[]> {
    return Promise.resolve([]);
  }
}
