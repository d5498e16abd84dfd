import { Injectable } from '@nestjs/common';
import { Expressions, optionNeeds, settledOptions } from '../catalog/index.js';
import { Metrics } from '../observability/index.js';
import { LONGEST_VALUE, MOST_OFFERED, type OptionAnswer } from './option.js';
import { type Loaded, OptionCache } from './option-cache.js';
import type { OptionIndex } from './option-index.js';
import { isWithheld, OptionLoads, sourceLabel } from './option-loads.js';
import { incompleteNote, NOTES, staleNote } from './option-notes.js';
import { formContext, type OptionQuestion, type SourceQuestion } from './option-question.js';

/** Slack waits for three seconds, and the way there and back takes some of them. */
const PATIENCE_MILLISECONDS = 1_500;

/** What may be chosen in a field, while somebody types. Answers in time whatever its source does, and never with an empty list that says nothing. */
@Injectable()
export class OptionSources {
  constructor(
    private readonly loads: OptionLoads,
    private readonly cache: OptionCache,
    private readonly expressions: Expressions,
    private readonly metrics: Metrics,
  ) {}

  async find(question: OptionQuestion): Promise<OptionAnswer> {
    const context = { context: formContext(question), expressions: this.expressions };
    const { fields, values, labelOf } = settledOptions(question.item, question.otherValues, context);
    const field = fields.find(({ path }) => path === question.field);
    if (field === undefined) return { options: [], state: 'down', note: NOTES.unknown };
    const stop = this.metrics.optionAnswerSeconds.startTimer({ source: sourceLabel(field.source) });
    const answer = await this.answer({ ...question, field, otherValues: values, labelOf, text: question.text.trim() });
    stop({ state: answer.state });
    return answer;
  }

  private async answer(question: SourceQuestion): Promise<OptionAnswer> {
    if (isWithheld(question)) return { options: [], state: 'withheld', note: NOTES.withheld };
    const missing = missingLabels(question);
    const load = missing.length > 0 ? null : this.loads.of(question);
    if (load === null) return { options: [], state: 'incomplete', note: incompleteNote(missing) };
    return answerOf(question, await this.cache.get(load, PATIENCE_MILLISECONDS));
  }
}

/** The fields that decide on the options and are still empty, as the person knows them. */
export function missingLabels({ field, otherValues, labelOf }: SourceQuestion): string[] {
  return optionNeeds(field.source)
    .parameters.filter((name) => isEmpty(otherValues[name]))
    .map(labelOf);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function answerOf(question: SourceQuestion, loaded: Loaded): OptionAnswer {
  switch (loaded.kind) {
    case 'loading':
      return { options: [], state: 'loading', note: NOTES.loading };
    case 'failed':
      return downAnswer(question);
    case 'old':
      return { ...found(question, loaded.index), state: 'stale', note: staleNote(loaded.loadedAt, loaded.failed) };
    case 'fresh':
      return found(question, loaded.index);
  }
}

function found({ text, field }: SourceQuestion, index: OptionIndex): OptionAnswer {
  // A source that was asked for this very text has chosen already.
  const query = optionNeeds(field.source).query ? '' : text;
  const { options, more } = index.search(query, MOST_OFFERED);
  if (more || index.isCut) return { options, state: 'more', note: NOTES.more };
  if (options.length > 0) return { options, state: 'ok' };
  return { options, state: 'ok', note: index.size === 0 && query === text ? NOTES.nothing : NOTES.noMatch };
}

/** Nothing is known: where that is accepted, what was typed may be taken as it is. */
function downAnswer({ text, field }: SourceQuestion): OptionAnswer {
  if (field.source.whenDown !== 'accept') return { options: [], state: 'down', note: NOTES.down };
  if (text === '' || text.length > LONGEST_VALUE) return { options: [], state: 'down', note: NOTES.typeIt };
  return { options: [{ value: text, title: `Use “${text}”` }], state: 'down', note: NOTES.downButAccepts };
}
