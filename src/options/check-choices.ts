import { Injectable } from '@nestjs/common';
import { type OptionField, type ParameterError, settledOptions } from '../catalog/index.js';
import { Clock, type Json, type JsonObject } from '../shared/index.js';
import { type Loaded, OptionCache } from './option-cache.js';
import { isWithheld, OptionLoads } from './option-loads.js';
import type { OptionContext, SourceQuestion } from './option-question.js';
import { missingLabels } from './option-sources.js';

const PATIENCE_MILLISECONDS = 1_000;

type Verdict = 'offered' | 'unknown' | 'unreachable';

/** Whether what was chosen is offered, when it is sent. */
@Injectable()
export class CheckChoices {
  constructor(
    private readonly loads: OptionLoads,
    private readonly cache: OptionCache,
    private readonly clock: Clock,
  ) {}

  /** A sentence for each field whose choice its source does not offer (any more), or can't be asked about. Never holds the value. */
  async problems(context: Omit<OptionContext, 'otherValues'> & { parameters: JsonObject }): Promise<ParameterError[]> {
    const { parameters, ...rest } = context;
    const { fields, values, labelOf } = settledOptions(context.item, parameters);
    const checked = await Promise.all(
      fields
        // The schema itself knows whether something is in its enumeration.
        .filter(({ source }) => source.from !== 'enum')
        .map(async (field) => {
          const message = await this.problem({ ...rest, otherValues: values, labelOf, field, text: '' });
          return message === null ? [] : [{ field: field.path, message }];
        }),
    );
    return checked.flat();
  }

  private async problem(question: SourceQuestion): Promise<string | null> {
    const { field } = question;
    const values = valuesOf(field.value);
    if (values.length === 0) return null;
    if (isWithheld(question)) return `${field.label}: these choices are for members of the team only.`;
    const missing = missingLabels(question);
    if (missing.length > 0) return `${field.label}: first fill in ${missing.join(' and ')}.`;
    const verdicts = await Promise.all(values.map((value) => this.verdict({ ...question, text: value }, value)));
    if (verdicts.includes('unknown'))
      return `${field.label}: this is not among what can be chosen (any more). Choose again from the list.`;
    return verdicts.includes('unreachable') ? unreachable(field) : null;
  }

  /** Asks again before it says no: it may be newer than what is known. */
  private async verdict(question: SourceQuestion, value: string): Promise<Verdict> {
    const load = this.loads.of(question);
    if (load === null) return 'unknown';
    const known = await this.cache.get(load, PATIENCE_MILLISECONDS);
    if (known.kind === 'fresh' && offers(known, value)) return 'offered';
    const asked = await this.cache.get(load, PATIENCE_MILLISECONDS, this.clock.now().getTime());
    if (asked.kind === 'fresh') return offers(asked, value) ? 'offered' : 'unknown';
    return 'unreachable';
  }
}

function offers(loaded: Extract<Loaded, { kind: 'fresh' }>, value: string): boolean {
  return loaded.index.find(value) !== undefined;
}

function unreachable({ label, source }: OptionField): string | null {
  if (source.whenDown === 'accept') return null;
  return `${label}: the list can’t be reached right now, so the choice can’t be checked. Try again in a minute; what you typed is kept.`;
}

export function valuesOf(value: Json | undefined): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.flatMap((one) => (typeof one === 'string' || typeof one === 'number' ? [String(one)] : []));
}
