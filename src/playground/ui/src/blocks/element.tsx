import { type ReactNode, useState } from 'react';
import { ConfirmDialog } from '../components/confirm-dialog';
import { type Option, useSurface } from './context';
import { Select } from './select';
import { Text, textOf } from './text';

export interface ElementProps {
  blockId: string;
  element: Record<string, unknown>;
  label?: string;
  /** In an input block: its value is kept with the view rather than told at once, unless it dispatches. */
  inInput?: boolean;
  dispatches?: boolean;
  required?: boolean;
}

export function Element(props: ElementProps): ReactNode {
  switch (props.element.type) {
    case 'button':
    case 'workflow_button':
      return <Button {...props} />;
    case 'overflow':
      return <Overflow {...props} />;
    case 'image':
      return <img className="thumb" src={String(props.element.image_url)} alt={String(props.element.alt_text ?? '')} />;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return <Field {...props} />;
    case 'checkboxes':
      return <Choices {...props} kind="checkbox" />;
    case 'radio_buttons':
      return <Choices {...props} kind="radio" />;
    default:
      return String(props.element.type).endsWith('_select') ? (
        <Select {...props} />
      ) : (
        <span className="context">({String(props.element.type)})</span>
      );
  }
}

/** Where a value goes: with the view for inputs, to the app for everything else. */
export function useValue({ blockId, element, inInput, dispatches }: ElementProps): {
  current: Record<string, unknown>;
  set(value: Record<string, unknown> | null): void;
} {
  const surface = useSurface();
  const actionId = String(element.action_id ?? '');
  return {
    current: (surface.state[blockId]?.[actionId] ?? {}) as Record<string, unknown>,
    set: (value) => {
      if (inInput === true) surface.input(blockId, actionId, value);
      if (inInput !== true || dispatches === true) surface.dispatch(blockId, actionId, value ?? {});
    },
  };
}

function Button({ blockId, element }: ElementProps): ReactNode {
  const { dispatch } = useSurface();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const actionId = String(element.action_id ?? '');
  const style = element.style === 'primary' || element.style === 'danger' ? String(element.style) : 'default';
  const press = (): void => {
    setBusy(true);
    setTimeout(() => setBusy(false), 600);
    if (typeof element.url === 'string') window.open(element.url, '_blank', 'noopener,noreferrer');
    dispatch(blockId, actionId, element.value === undefined ? {} : { value: element.value });
  };
  return (
    <>
      <button
        type="button"
        className={`bk-button ${style}`}
        aria-label={element.accessibility_label === undefined ? undefined : String(element.accessibility_label)}
        aria-busy={busy}
        data-action-id={actionId}
        onClick={() => (element.confirm === undefined ? press() : setAsking(true))}
      >
        <Text value={element.text} />
      </button>
      {asking ? (
        <ConfirmDialog
          confirm={element.confirm as Record<string, unknown>}
          onAnswer={(yes) => {
            setAsking(false);
            if (yes) press();
          }}
        />
      ) : null}
    </>
  );
}

function Overflow({ blockId, element }: ElementProps): ReactNode {
  const { dispatch } = useSurface();
  const [open, setOpen] = useState(false);
  const options = (element.options ?? []) as Option[];
  return (
    <span
      className="overflow"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        type="button"
        className="bk-button default"
        aria-label="More"
        aria-expanded={open}
        data-action-id={String(element.action_id)}
        onClick={() => setOpen(!open)}
      >
        •••
      </button>
      {open ? (
        <span className="menu" role="menu">
          {options.map((option) => (
            <button
              key={option.value}
              type="button"
              role="menuitem"
              onClick={() => {
                setOpen(false);
                dispatch(blockId, String(element.action_id), { selected_option: option });
              }}
            >
              <Text value={option.text} />
            </button>
          ))}
        </span>
      ) : null}
    </span>
  );
}

const FIELD_TYPES: Record<string, { type: string; key: string; initial: string }> = {
  plain_text_input: { type: 'text', key: 'value', initial: 'initial_value' },
  number_input: { type: 'number', key: 'value', initial: 'initial_value' },
  email_text_input: { type: 'email', key: 'value', initial: 'initial_value' },
  url_text_input: { type: 'url', key: 'value', initial: 'initial_value' },
  datepicker: { type: 'date', key: 'selected_date', initial: 'initial_date' },
  timepicker: { type: 'time', key: 'selected_time', initial: 'initial_time' },
  datetimepicker: { type: 'datetime-local', key: 'selected_date_time', initial: 'initial_date_time' },
};

function Field(props: ElementProps): ReactNode {
  const { element, label, required, blockId } = props;
  const { current, set } = useValue(props);
  const { type, key, initial } = FIELD_TYPES[String(element.type)] ?? {
    type: 'text',
    key: 'value',
    initial: 'initial_value',
  };
  const toText = (value: unknown): string =>
    value === undefined || value === null
      ? ''
      : type === 'datetime-local'
        ? new Date(Number(value) * 1000).toISOString().slice(0, 16)
        : String(value);
  const [text, setText] = useState(toText(current[key] ?? element[initial]));
  const change = (next: string): void => {
    setText(next);
    if (next === '') set(null);
    else set({ [key]: type === 'datetime-local' ? Math.floor(new Date(next).getTime() / 1000) : next });
  };
  const common = {
    'aria-label': label ?? textOf(element.placeholder),
    'aria-required': required,
    'aria-describedby': `label-${blockId}`,
    'data-action-id': String(element.action_id),
    placeholder: textOf(element.placeholder),
    autoFocus: element.focus_on_load === true,
    value: text,
  };
  if (element.multiline === true)
    return (
      <textarea
        className="bk-field"
        rows={3}
        maxLength={Number(element.max_length ?? 3000)}
        {...common}
        onChange={(event) => change(event.target.value)}
      />
    );
  const bounds =
    type === 'number'
      ? {
          min: element.min_value as string,
          max: element.max_value as string,
          step: element.is_decimal_allowed === true ? 'any' : 1,
        }
      : { maxLength: Number(element.max_length ?? 3000) };
  return (
    <input
      className="bk-field"
      type={type === 'email' || type === 'url' ? 'text' : type}
      inputMode={type === 'email' ? 'email' : undefined}
      {...common}
      {...bounds}
      onChange={(event) => change(event.target.value)}
    />
  );
}

function Choices({ kind, ...props }: ElementProps & { kind: 'checkbox' | 'radio' }): ReactNode {
  const { element, label, blockId } = props;
  const { current, set } = useValue(props);
  const options = (element.options ?? []) as Option[];
  const given =
    kind === 'checkbox'
      ? ((current.selected_options ?? element.initial_options ?? []) as Option[])
      : [(current.selected_option ?? element.initial_option) as Option | undefined].filter((one) => one !== undefined);
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
