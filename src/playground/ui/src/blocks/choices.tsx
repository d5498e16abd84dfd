import { type ReactNode, useState } from 'react';
import type { Option } from './context';
import { type ElementProps, useValue } from './element';
import { Text } from './text';

/** Checkboxes and radio buttons. */
export function Choices({ kind, ...props }: ElementProps & { kind: 'checkbox' | 'radio' }): ReactNode {
  const { element, label, blockId } = props;
  const { current, set } = useValue(props);
  const options = (element.options ?? []) as Option[];
  const given =
    kind === 'checkbox'
      ? ((('selected_options' in current ? current.selected_options : element.initial_options) ?? []) as Option[])
      : [
          ('selected_option' in current ? current.selected_option : element.initial_option) as
            | Option
            | null
            | undefined,
        ].filter((one) => one !== undefined && one !== null);
  const [chosen, setChosen] = useState(given.map((option) => option.value));
  const toggle = (option: Option): void => {
    const next =
      kind === 'radio'
        ? [option.value]
        : chosen.includes(option.value)
          ? chosen.filter((value) => value !== option.value)
          : [...chosen, option.value];
    setChosen(next);
    const selected = options.filter((one) => next.includes(one.value));
    set(kind === 'radio' ? { selected_option: selected[0] } : { selected_options: selected });
  };
  return (
    <div
      className="choices"
      role={kind === 'radio' ? 'radiogroup' : 'group'}
      aria-label={label}
      data-action-id={String(element.action_id)}
    >
      {options.map((option) => (
        <label key={option.value}>
          <input
            type={kind}
            name={`${blockId}-${String(element.action_id)}`}
            value={option.value}
            checked={chosen.includes(option.value)}
            onChange={() => toggle(option)}
          />
          <span>
            <Text value={option.text} />
            {option.description === undefined ? null : (
              <span className="choice-more">
                <Text value={option.description} />
              </span>
            )}
          </span>
        </label>
      ))}
    </div>
  );
}
