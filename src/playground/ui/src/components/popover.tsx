import { type ReactNode, useEffect, useRef, useState } from 'react';

/**
 * A button with a panel that opens beside it: closed by Escape, by a click elsewhere and by leaving it with the keyboard.
 * A panel `menu` holds nothing but menu items; every other one is a small dialog.
 * `children` gets a function that closes it.
 */
export function Popover({
  label,
  button,
  className = 'icon-button',
  panel = 'menu',
  testId,
  onOpen,
  children,
}: {
  label: string;
  button: ReactNode;
  className?: string;
  panel?: string;
  testId?: string;
  onOpen?: (open: boolean) => void;
  children: (close: () => void) => ReactNode;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const [upwards, setUpwards] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const role = panel.split(' ')[0] === 'menu' ? 'menu' : 'dialog';
  const show = (next: boolean): void => {
    const place = trigger.current?.getBoundingClientRect();
    if (next && place !== undefined) setUpwards(place.bottom > innerHeight * 0.55);
    setOpen(next);
    onOpen?.(next);
  };
  const close = (): void => {
    show(false);
    trigger.current?.focus();
  };
  const onKey = (event: React.KeyboardEvent): void => {
    if (!open) {
      if (role !== 'menu' || event.key !== 'ArrowDown') return;
      event.preventDefault();
      show(true);
      return;
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
    const to = destination(event.key, role === 'menu');
    if (to === undefined) return;
    event.preventDefault();
    move(box.current, to);
  };
  useEffect(() => {
    if (open) box.current?.querySelector<HTMLElement>('[data-panel] :is(input, button)')?.focus();
  }, [open]);
  return (
    <span
      className="popover"
      ref={box}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) show(false);
      }}
      onKeyDown={onKey}
    >
      <button
        ref={trigger}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup={role}
        aria-expanded={open}
        {...(testId !== undefined && { 'data-testid': testId })}
        onClick={() => show(!open)}
      >
        {button}
      </button>
      {open ? (
        <span className={upwards ? `${panel} up` : panel} role={role} aria-label={label} data-panel="">
          {children(close)}
        </span>
      ) : null}
    </span>
  );
}

type Destination = 'next' | 'previous' | 'first' | 'last';

/** Home and End belong to the text field that a dialog may have. */
function destination(key: string, inMenu: boolean): Destination | undefined {
  if (key === 'ArrowDown') return 'next';
  if (key === 'ArrowUp') return 'previous';
  if (inMenu && key === 'Home') return 'first';
  return inMenu && key === 'End' ? 'last' : undefined;
}

function move(box: HTMLElement | null, to: Destination): void {
  const buttons = [...(box?.querySelectorAll<HTMLElement>('[data-panel] button') ?? [])];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  const index = { next: (at + 1) % Math.max(1, buttons.length), previous: at < 0 ? -1 : at - 1, first: 0, last: -1 }[
    to
  ];
  buttons.at(index)?.focus();
}
