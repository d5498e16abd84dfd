import { type ReactNode, useState } from 'react';
import { type ElementProps, useValue } from './element';
import { fromField, toField } from './field-value';
import { textOf } from './text';

const KINDS: Record<string, { type: string; key: string; initial: string }> = {
  plain_text_input: { type: 'text', key: 'value', initial: 'initial_value' },
  number_input: { type: 'number', key: 'value', initial: 'initial_value' },
  email_text_input: { type: 'text', key: 'value', initial: 'initial_value' },
  url_text_input: { type: 'text', key: 'value', initial: 'initial_value' },
  datepicker: { type: 'date', key: 'selected_date', initial: 'initial_date' },
  timepicker: { type: 'time', key: 'selected_time', initial: 'initial_time' },
  datetimepicker: { type: 'datetime-local', key: 'selected_date_time', initial: 'initial_date_time' },
};
const TEXT = { type: 'text', key: 'value', initial: 'initial_value' };
const INPUT_MODES: Record<string, 'email' | 'url'> = { email_text_input: 'email', url_text_input: 'url' };

/** Everything one types: text, numbers, addresses, dates and times. What is wrong is said by the app, at the field. */
export function Field(props: ElementProps): ReactNode {
  const { element, label, required, blockId, invalid } = props;
  const { current, set } = useValue(props);
  const { type, key, initial } = KINDS[String(element.type)] ?? TEXT;
  const [text, setText] = useState(toField(type, key in current ? current[key] : element[initial]));
  // A message hears of what was typed only once it is complete: at Enter or on leaving the field.
  const atOnce = props.inInput === true || type !== 'text';
  const tell = (next: string): void => set(next === '' ? null : { [key]: fromField(type, next) });
  const change = (next: string): void => {
    setText(next);
    if (atOnce) tell(next);
  };
  const common = {
    'aria-label': label ?? textOf(element.placeholder),
    'aria-required': required,
    'aria-invalid': invalid,
    'aria-describedby': `note-${blockId}`,
    'data-action-id': String(element.action_id),
    placeholder: textOf(element.placeholder),
    autoFocus: element.focus_on_load === true,
    value: text,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => change(event.target.value),
    onBlur: () => {
      if (!atOnce) tell(text);
    },
  };
  if (element.multiline === true)
    return <textarea className="bk-field" rows={3} maxLength={Number(element.max_length ?? 3000)} {...common} />;
  const bounds =
    type === 'number'
      ? {
          min: element.min_value as string,
          max: element.max_value as string,
          step: element.is_decimal_allowed === true ? 'any' : 1,
        }
      : { maxLength: Number(element.max_length ?? 3000) };
  return (
    <>
      <input
        className={`bk-field ${type}`}
        type={type}
        inputMode={INPUT_MODES[String(element.type)]}
        autoComplete="off"
        {...common}
        {...bounds}
      />
      {typeof element.timezone === 'string' ? <div className="input-hint">{element.timezone}</div> : null}
    </>
  );
}
