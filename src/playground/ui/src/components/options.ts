import type { Answer } from '../api';
import type { Option } from '../blocks/context';

/** The options an app answered, flat. */
export function optionsFrom(answer: Answer): Option[] {
  if (!answer.ok) return [];
  const plain = (answer.options ?? []) as Option[];
  const groups = (answer.option_groups ?? answer.optionGroups ?? []) as { options: Option[] }[];
  return [...plain, ...groups.flatMap((group) => group.options)];
}
