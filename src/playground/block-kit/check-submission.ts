import { z } from 'zod';
import type { Block, StateValues } from '../workspace/records.js';
import { elementsOf } from './check-blocks.js';
import { isEmpty } from './state-values.js';

type Element = Record<string, unknown> & { type: string };

/** What Slack's client checks before it lets a person submit: sentence by `block_id`. Only `input` blocks are looked at. */
export function submissionErrors(blocks: Block[], state: StateValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of blocks) {
    const element = block.type === 'input' ? elementsOf(block)[0] : undefined;
    if (element === undefined) continue;
    const blockId = String(block.block_id);
    const entry = state[blockId]?.[String(element.action_id)];
    const sentence = isEmpty(entry) ? required(block) : problemWith(element, entry?.value);
    if (sentence !== undefined) errors[blockId] = sentence;
  }
  return errors;
}

const required = (block: Block): string | undefined =>
  block.optional === true ? undefined : 'Please complete this required field.';

function problemWith(element: Element, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  switch (element.type) {
    case 'plain_text_input':
      return lengthProblem(element, value);
    case 'number_input':
      return numberProblem(element, value);
    case 'email_text_input':
      return z.email().safeParse(value).success ? undefined : 'Please enter a valid email address.';
    case 'url_text_input':
      return isWebAddress(value) ? undefined : 'Please enter a valid URL.';
    default:
      return undefined;
  }
}

function lengthProblem(element: Element, value: string): string | undefined {
  const least = typeof element.min_length === 'number' ? element.min_length : 0;
  const most = typeof element.max_length === 'number' ? element.max_length : 3000;
  if (value.length < least) return `This entry needs to be ${least} characters or more.`;
  if (value.length > most) return `This entry needs to be ${most} characters or less.`;
  return undefined;
}

function numberProblem(element: Element, value: string): string | undefined {
  if (!/^-?\d+(\.\d+)?$/u.test(value)) return 'Please enter a number.';
  if (element.is_decimal_allowed !== true && value.includes('.')) return 'Please enter a whole number.';
  const number = Number(value);
  const [least, most] = [element.min_value, element.max_value];
  if (typeof least === 'string' && number < Number(least)) return `Please enter a number of at least ${least}.`;
  if (typeof most === 'string' && number > Number(most)) return `Please enter a number of at most ${most}.`;
  return undefined;
}

function isWebAddress(value: string): boolean {
  try {
    return ['http:', 'https:', 'mailto:'].includes(new URL(value).protocol);
  } catch {
    return false;
  }
}
