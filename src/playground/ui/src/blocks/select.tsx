import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { type Option, useSurface } from './context';
import { type ElementProps, useValue } from './element';
import { Text, textOf } from './text';

/** All select menus: typed-ahead over static options, people, channels, or what the app answers while one types. */
export function Select(props: ElementProps): ReactNode {
  const { element, blockId, label } = props;
  const { snapshot, options: askApp } = useSurface();
  const { current, set } = useValue(props);
  const type = String(element.type);
  const multi = type.startsWith('multi_');
  const kind = type.replace(/^multi_/, '').replace(/_select$/, '') as
    | 'static'
    | 'external'
    | 'users'
    | 'conversations'
    | 'channels';
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [external, setExternal] = useState<Option[] | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const listId = useId();

  const known = useMemo<Option[]>(() => {
    const plain = (value: string, words: string): Option => ({ value, text: { type: 'plain_text', text: words } });
    if (kind === 'users')
      return snapshot.users.filter((user) => !user.deleted && !user.isBot).map((user) => plain(user.id, user.realName));
    if (kind === 'channels' || kind === 'conversations')
      return snapshot.channels
        .filter((channel) => channel.kind === 'channel')
        .map((channel) => plain(channel.id, `#${channel.name}`));
    const groups = (element.option_groups ?? []) as { options: Option[] }[];
    return [...((element.options ?? []) as Option[]), ...groups.flatMap((group) => group.options)];
  }, [kind, element, snapshot]);

  const [chosen, setChosen] = useState<Option[]>(() => initiallyChosen(element, current, kind, multi, known));
  const actionId = String(element.action_id ?? '');

  useEffect(() => {
    if (kind !== 'external' || !open || text.length < Number(element.min_query_length ?? 3)) return;
    let stale = false;
    const timer = setTimeout(() => {
      void askApp(blockId, actionId, text).then((found) => {
        if (!stale) setExternal(found);
      });
    }, 150);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [kind, open, text, askApp, blockId, actionId, element]);

  const shown = (kind === 'external' ? (external ?? []) : known)
    .filter((option) => kind === 'external' || textOf(option.text).toLowerCase().includes(text.toLowerCase()))
    .slice(0, 100);
  const choose = (option: Option): void => {
    const next = multi
      ? chosen.some((one) => one.value === option.value)
        ? chosen.filter((one) => one.value !== option.value)
        : [...chosen, option]
      : [option];
    setChosen(next);
    set(valueFor(kind, multi, next));
    setText('');
    if (!multi) setOpen(false);
  };
  const onKey = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      setActive((at) => Math.max(0, Math.min(shown.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1))));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      const option = shown[active];
      if (option !== undefined) choose(option);
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === 'Backspace' && text === '' && multi) {
      const next = chosen.slice(0, -1);
      setChosen(next);
      set(valueFor(kind, multi, next));
    }
  };
  const single = !multi && chosen[0] !== undefined && !open ? textOf(chosen[0].text) : text;

  return (
    <div
      className="bk-select"
      ref={box}
      data-action-id={actionId}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <div
        className="select-box"
        onClick={() => {
          setOpen(true);
          box.current?.querySelector('input')?.focus();
        }}
      >
        {multi
          ? chosen.map((option) => (
              <span key={option.value} className="chip">
                <Text value={option.text} />
                <button
                  type="button"
                  aria-label={`Remove ${textOf(option.text)}`}
                  onClick={(event) => {
                    event.stopPropagation();
                    choose(option);
                  }}
                >
                  ×
                </button>
              </span>
            ))
          : null}
        <input
          role="combobox"
          aria-expanded={open}
          aria-controls={listId}
          aria-label={label ?? textOf(element.placeholder)}
          aria-autocomplete="list"
          placeholder={chosen.length === 0 ? textOf(element.placeholder) || 'Choose' : ''}
          value={single}
          onFocus={() => setOpen(true)}
          onChange={(event) => {
            setOpen(true);
            setActive(0);
            setText(event.target.value);
          }}
          onKeyDown={onKey}
        />
        <span className="caret" aria-hidden="true">
          ▾
        </span>
      </div>
      {open ? (
        <div className="select-list" role="listbox" id={listId}>
          {shown.length === 0 ? (
            <div className="select-empty">
              {kind === 'external' && external === null ? 'Type to search' : 'Nothing found'}
            </div>
          ) : null}
          {shown.map((option, at) => (
            <button
              key={option.value}
              type="button"
              tabIndex={-1}
              role="option"
              aria-selected={chosen.some((one) => one.value === option.value)}
              className={at === active ? 'active' : ''}
              data-option-value={option.value}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(option)}
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
          ))}
        </div>
      ) : null}
    </div>
  );
}

const KEYS: Record<string, [one: string, many: string, initialOne: string, initialMany: string]> = {
  static: ['selected_option', 'selected_options', 'initial_option', 'initial_options'],
  external: ['selected_option', 'selected_options', 'initial_option', 'initial_options'],
  users: ['selected_user', 'selected_users', 'initial_user', 'initial_users'],
  conversations: ['selected_conversation', 'selected_conversations', 'initial_conversation', 'initial_conversations'],
  channels: ['selected_channel', 'selected_channels', 'initial_channel', 'initial_channels'],
};

function valueFor(kind: string, multi: boolean, chosen: Option[]): Record<string, unknown> | null {
  const [one, many] = KEYS[kind] ?? ['selected_option', 'selected_options'];
  const plain = (option: Option): unknown => (kind === 'static' || kind === 'external' ? option : option.value);
  if (multi) return { [many]: chosen.map(plain) };
  return chosen[0] === undefined ? null : { [one]: plain(chosen[0]) };
}

function initiallyChosen(
  element: Record<string, unknown>,
  current: Record<string, unknown>,
  kind: string,
  multi: boolean,
  known: Option[],
): Option[] {
  const [one, many, initialOne, initialMany] = KEYS[kind] ?? [
    'selected_option',
    'selected_options',
    'initial_option',
    'initial_options',
  ];
  const given = multi ? (current[many] ?? element[initialMany]) : [current[one] ?? element[initialOne]];
  const values = (Array.isArray(given) ? given : []).filter((value) => value !== undefined && value !== null);
  return values.map((value) =>
    typeof value === 'string'
      ? (known.find((option) => option.value === value) ?? { value, text: { type: 'plain_text', text: value } })
      : (value as Option),
  );
}
