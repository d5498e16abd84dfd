import type { InputBlock, PlainTextOption } from '@slack/web-api';
import { type FormField, optionNeeds } from '../../catalog/index.js';
import type { Option } from '../../options/index.js';
import type { Json } from '../../shared/index.js';
import { plain } from '../text/mrkdwn.js';

/** A menu whose options are looked up while somebody types. What was chosen before is shown by its title, where that is known. */
export function optionElement(
  field: FormField,
  given: Json | undefined,
  titles: ReadonlyMap<string, string> = new Map(),
): InputBlock['element'] {
  const chosen = valuesOf(given).map((value) =>
    slackOption({ value, title: titles.get(value) ?? titleIn(field, value) }),
  );
  const common = {
    action_id: 'value',
    min_query_length: leastTyped(field),
    placeholder: plain(field.placeholder ?? 'Type to search', 150),
  };
  if (field.kind === 'multi-options')
    return {
      type: 'multi_external_select',
      ...common,
      ...(chosen.length > 0 && { initial_options: chosen }),
      ...(field.max !== undefined && field.max > 0 && { max_selected_items: field.max }),
    };
  const [first] = chosen;
  return { type: 'external_select', ...common, ...(first !== undefined && { initial_option: first }) };
}

/** As Slack takes it in a menu. */
export function slackOption({ value, title, description }: Option): PlainTextOption {
  return {
    text: plain(title, 75),
    value,
    ...(description !== undefined && description !== '' && { description: plain(description, 75) }),
  };
}

/** A source that is asked for each text needs one to be asked for. */
function leastTyped({ optionsFrom }: FormField): number {
  if (optionsFrom === undefined) return 0;
  return optionsFrom.minQueryLength ?? (optionNeeds(optionsFrom).query ? 2 : 0);
}

function titleIn({ options = [] }: FormField, value: string): string {
  return options.find((option) => option.value === value)?.title ?? value;
}

function valuesOf(given: Json | undefined): string[] {
  const all = Array.isArray(given) ? given : [given];
  return all
    .flatMap((one) => (typeof one === 'string' || typeof one === 'number' ? [String(one)] : []))
    .filter((value) => value !== '');
}
