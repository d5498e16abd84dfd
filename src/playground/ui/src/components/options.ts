import type { Answer } from '../api';
import type { Option } from '../blocks/context';

/** The options an app answered, flat; those of a group carry its label. */
export function optionsFrom(answer: Answer): Option[] {
  if (!answer.ok) return [];
  const plain = (answer.options ?? []) as Option[];
  const groups = (answer.option_groups ?? answer.optionGroups ?? []) as {
    label?: { text: string };
    options: Option[];
  }[];
  const grouped = groups.flatMap(({ label, options }) =>
    options.map((option) => ({ ...option, group: label?.text ?? '' })),
  );
  return [...plain, ...grouped];
}
