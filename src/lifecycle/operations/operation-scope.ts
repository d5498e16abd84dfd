import type { Resource } from '../../resources/index.js';
import type { JsonObject } from '../../shared/index.js';

export interface OperationWords {
  readonly parameters: JsonObject;
  readonly personId: string;
  readonly reason: string;
}

export type OperationScope = JsonObject & {
  readonly params: JsonObject;
  readonly request: JsonObject;
  readonly resource: JsonObject & { readonly id: string };
  readonly operation: JsonObject;
};

/** What the expressions of an operation see: the resource as it is, and what was entered. */
export function operationScope(
  resource: Resource,
  { parameters: operation, personId, reason }: OperationWords,
): OperationScope {
  const { id, kind, title, itemName, teamId: team, environment, parameters, outputs } = resource;
  return {
    params: parameters,
    request: { id: resource.requestId ?? '', team, environment, requesterId: personId, reason },
    resource: {
      id,
      kind,
      title,
      itemName,
      team,
      environment,
      secretRef: resource.secretRef ?? '',
      parameters,
      outputs,
    },
    operation,
  };
}
