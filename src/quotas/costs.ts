import { Injectable } from '@nestjs/common';
import { type CatalogItem, Expressions } from '../catalog/index.js';
import type { JsonObject } from '../shared/index.js';
import { amountOf } from './amounts.js';
import { type CostEstimate, type CostLine, estimateOf, lineOf } from './cost-estimate.js';
import { PriceBook } from './price-book.js';

/** One resource of an item, with these parameters. */
export interface ItemQuestion {
  readonly item: Pick<CatalogItem, 'quota' | 'cost' | 'justification'>;
  readonly parameters: JsonObject;
  /** `request.*` of the item's expressions. */
  readonly request: JsonObject;
}

/** What things cost, by the expressions of their items and catalog/prices.yaml. */
@Injectable()
export class Costs {
  constructor(
    private readonly prices: PriceBook,
    private readonly expressions: Expressions,
  ) {}

  /** A price that is missing is named in the answer, never counted as nothing. @throws NoAmount, ExpressionFailed */
  estimate({ item, parameters, request, leaseHours }: ItemQuestion & { readonly leaseHours: number }): CostEstimate {
    const scope = { params: parameters, request };
    const lines: CostLine[] = [];
    const missing = new Set<string>();
    for (const { price: id, quantity } of item.cost ?? []) {
      const price = this.prices.find(id);
      const times = amountOf(this.expressions, id, quantity, scope);
      if (price === null) missing.add(id);
      else lines.push(lineOf(price, times));
    }
    return estimateOf(lines, [...missing].sort(), { currency: this.prices.currency(), leaseHours });
  }
}
