import { type ReactNode, useState } from 'react';
import { ConfirmDialog } from '../components/confirm-dialog';
import { Icon } from '../components/icon';
import { Popover } from '../components/popover';
import { type Option, useSurface } from './context';
import type { ElementProps } from './element';
import { Text } from './text';

/** Busy until the app has acknowledged, so that a second press has to be meant. */
export function Button({ blockId, element }: ElementProps): ReactNode {
  const { dispatch } = useSurface();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const actionId = String(element.action_id ?? '');
  const style = element.style === 'primary' || element.style === 'danger' ? element.style : 'default';
  const press = (): void => {
    if (busy) return;
    setBusy(true);
    if (typeof element.url === 'string' && /^https?:\/\//i.test(element.url))
      window.open(element.url, '_blank', 'noopener,noreferrer');
    void dispatch(blockId, actionId, element.value === undefined ? {} : { value: element.value }).finally(() =>
      setBusy(false),
    );
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

export function Overflow({ blockId, element }: ElementProps): ReactNode {
  const { dispatch } = useSurface();
  const [asked, setAsked] = useState<Option | null>(null);
  const options = (element.options ?? []) as Option[];
  const choose = (option: Option): void => {
    if (typeof option.url === 'string' && /^https?:\/\//i.test(option.url))
      window.open(option.url, '_blank', 'noopener,noreferrer');
    void dispatch(blockId, String(element.action_id), { selected_option: option });
  };
  return (
    <span data-action-id={String(element.action_id)}>
      <Popover label="More" className="bk-button default" button={<Icon name="more" size={16} />}>
        {(close) =>
          options.map((option) => (
            <button
              key={option.value}
              type="button"
              role="menuitem"
              data-option-value={option.value}
              onClick={() => {
                close();
                if (element.confirm === undefined) choose(option);
                else setAsked(option);
              }}
            >
              <Text value={option.text} />
            </button>
          ))
        }
      </Popover>
      {asked === null ? null : (
        <ConfirmDialog
          confirm={element.confirm as Record<string, unknown>}
          onAnswer={(yes) => {
            setAsked(null);
            if (yes) choose(asked);
          }}
        />
      )}
    </span>
  );
}
