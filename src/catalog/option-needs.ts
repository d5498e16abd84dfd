import { holdsExpression, textsOf } from './expression-template.js';
import type { OptionSource } from './option-source.js';

/** What a source reads besides its own parameter. */
export interface OptionNeeds {
  /** Names of top-level parameters. */
  readonly parameters: readonly string[];
  /** It is asked anew for each text that is typed. */
  readonly query: boolean;
}

const needs = new WeakMap<OptionSource, OptionNeeds>();

export function optionNeeds(source: OptionSource): OptionNeeds {
  const known = needs.get(source) ?? needsOf(source);
  needs.set(source, known);
  return known;
}

function needsOf(source: OptionSource): OptionNeeds {
  const texts = askingTemplates(source);
  const names = texts.flatMap((text) => [...text.matchAll(/\bparams\.([a-zA-Z0-9_]+)/g)].map(([, name = '']) => name));
  return { parameters: [...new Set(names)], query: texts.some((text) => /(?<![.\w])query\b/.test(text)) };
}

/** The templates that decide what is asked; those that read the answer come later. */
export function askingTemplates(source: OptionSource): string[] {
  const whole = source.from === 'action' ? (source.with ?? {}) : source.from === 'http' ? source.url : null;
  const where = source.from === 'resources' ? [source.where, source.value, source.title] : [];
  const texts =
    whole === null ? where.filter((text) => text !== undefined) : [...textsOf(whole)].map(({ text }) => text);
  return texts.filter(holdsExpression);
}
