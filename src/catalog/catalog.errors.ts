import { AppError } from '../shared/index.js';

function sentence(what: string, suggestions: readonly string[], list: string): string {
  const hint = suggestions.length === 0 ? `See ${list}.` : `Did you mean ${suggestions.join(' or ')}?`;
  return `There is no ${what} of that name. Nothing was done. ${hint}`;
}

/** What was typed is kept out of the sentence: it is free text and may hold anything. */
export class UnknownItem extends AppError {
  readonly code = 'catalog.unknown_item';

  constructor(
    readonly itemName: string,
    readonly suggestions: readonly string[],
  ) {
    super(sentence('catalog item', suggestions, 'the list with the catalog command'));
  }
}

export class UnknownRunbook extends AppError {
  readonly code = 'catalog.unknown_runbook';

  constructor(
    readonly runbookName: string,
    readonly suggestions: readonly string[],
  ) {
    super(sentence('runbook', suggestions, 'the runbooks folder'));
  }
}

/** An expression of a catalog item or runbook could not be evaluated. The author's fault, not the requester's. */
export class ExpressionFailed extends AppError {
  readonly code = 'catalog.expression_failed';

  constructor(
    readonly expression: string,
    cause: unknown,
  ) {
    super(
      `An expression of the catalog could not be worked out: ${expression}. Nothing after it was done. Tell the owner of the catalog item.`,
      { cause },
    );
  }
}
