import { Fragment, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Icon } from '../components/icon';
import { type Option, useSurface } from './context';
import { type ElementProps, useValue } from './element';
import { choicesOf, initiallyChosen, type SelectKind, valueFor } from './select-value';
import { Text, textOf } from './text';
import { useExternalOptions } from './use-external-options';

const MOST_SHOWN = 100;

/** All select menus: typed-ahead over static options, people, channels, or what the app answers while one types. */
export function Select(props: ElementProps): ReactNode {
  const { element, label, required, inInput } = props;
  const { snapshot } = useSurface();
  const { current, set } = useValue(props);
  const multi = String(element.type).startsWith('multi_');
  const kind = String(element.type)
    .replace(/^multi_/, '')
    .replace(/_select$/, '') as SelectKind;
  const known = useMemo(() => choicesOf(kind, element, snapshot), [kind, element, snapshot]);
  const [chosen, setChosen] = useState<Option[]>(() => initiallyChosen(element, current, kind, multi, known));
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const external = useExternalOptions(props, kind === 'external' && open, text);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const shown = (kind === 'external' ? external.options : known)
    .filter((option) => kind === 'external' || textOf(option.text).toLowerCase().includes(text.toLowerCase()))
    .slice(0, MOST_SHOWN);

  const keep = (next: Option[]): void => {
    setChosen(next);
    set(valueFor(kind, multi, next));
    setText('');
  };
  const choose = (option: Option): void => {
    const has = chosen.some((one) => one.value === option.value);
    if (!multi) keep([option]);
    else keep(has ? chosen.filter((one) => one.value !== option.value) : [...chosen, option]);
    if (!multi) setOpen(false);
  };
  const onKey = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (open) setActive((at) => Math.max(0, Math.min(shown.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1))));
      setOpen(true);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const option = shown[active];
      if (open && option !== undefined) choose(option);
      else setOpen(true);
    } else if (event.key === 'Escape' && open) {
      // The window around it would close as well.
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
      setText('');
    } else if (event.key === 'Backspace' && text === '' && multi && chosen.length > 0) keep(chosen.slice(0, -1));
  };
  const single = !multi && chosen[0] !== undefined && !open ? textOf(chosen[0].text) : text;
  const canClear = !multi && chosen.length > 0 && inInput === true && required !== true;
  return (
    <div
      className={open ? 'bk-select open' : 'bk-select'}
      data-action-id={String(element.action_id ?? '')}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        setOpen(false);
        setText('');
      }}
    >
      <div
        className="select-box"
        onClick={() => {
          setOpen(true);
          input.current?.focus();
        }}
      >
        {multi ? <Chips chosen={chosen} onRemove={choose} /> : null}
        <input
          ref={input}
          role="combobox"
          aria-expanded={open}
          aria-controls={listId}
          aria-label={label ?? textOf(element.placeholder)}
          aria-required={required}
          aria-autocomplete="list"
          aria-activedescendant={open && shown.length > 0 ? `${listId}-${active}` : undefined}
          autoComplete="off"
          autoFocus={element.focus_on_load === true}
          placeholder={placeholder(chosen, multi, open, element)}
          value={single}
          onChange={(event) => {
            setOpen(true);
            setActive(0);
            setText(event.target.value);
          }}
          onKeyDown={onKey}
        />
        {canClear ? (
          <button
            type="button"
            className="clear"
            aria-label="Clear the choice"
            onClick={(event) => {
              event.stopPropagation();
              keep([]);
            }}
          >
            <Icon name="close" size={14} />
          </button>
        ) : null}
        <span className="caret">
          <Icon name="down" size={16} />
        </span>
      </div>
      {open ? (
        <OptionList
          id={listId}
          shown={shown}
          active={active}
          chosen={chosen}
          empty={kind === 'external' ? external.words : 'Nothing found'}
          onChoose={choose}
        />
      ) : null}
    </div>
  );
}

function placeholder(chosen: Option[], multi: boolean, open: boolean, element: Record<string, unknown>): string {
  const [first] = chosen;
  if (first !== undefined) return multi || !open ? '' : textOf(first.text);
  return textOf(element.placeholder) || 'Choose';
}

function Chips({ chosen, onRemove }: { chosen: Option[]; onRemove: (option: Option) => void }): ReactNode {
  return chosen.map((option) => (
    <span key={option.value} className="chip">
      <Text value={option.text} />
      <button
        type="button"
        aria-label={`Remove ${textOf(option.text)}`}
        onClick={(event) => {
          event.stopPropagation();
          onRemove(option);
        }}
      >
        <Icon name="close" size={12} />
      </button>
    </span>
  ));
}

function OptionList({
  id,
  shown,
  active,
  chosen,
  empty,
  onChoose,
}: {
  id: string;
  shown: (Option & { group?: string })[];
  active: number;
  chosen: Option[];
  empty: string;
  onChoose: (option: Option) => void;
}): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.scrollIntoView({ block: 'nearest' }), []);
  useEffect(() => list.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest' }));
  return (
    <div className="select-list" role="listbox" id={id} ref={list}>
      {shown.length === 0 ? <div className="select-empty">{empty}</div> : null}
      {shown.map((option, at) => (
        <Fragment key={option.value}>
          {option.group !== undefined && option.group !== shown[at - 1]?.group ? (
            <div className="select-group">{option.group}</div>
          ) : null}
          <button
            id={`${id}-${at}`}
            type="button"
            tabIndex={-1}
            role="option"
            aria-selected={chosen.some((one) => one.value === option.value)}
            className={at === active ? 'active' : ''}
            data-option-value={option.value}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(option)}
          >
            <span>
              <Text value={option.text} />
            </span>
            {option.description === undefined ? null : (
              <span className="choice-more">
                <Text value={option.description} />
              </span>
            )}
          </button>
        </Fragment>
      ))}
    </div>
  );
}
