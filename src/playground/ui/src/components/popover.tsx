import { type ReactNode, useEffect, useRef, useState } from 'react';

/**
 * A button with a panel that opens beside it: closed by Escape, by a click elsewhere and by leaving it with the keyboard.
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
      onKeyDown={(event) => {
        if (!open) return;
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          close();
        }
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          event.preventDefault();
          step(box.current, event.key === 'ArrowDown' ? 1 : -1);
        }
      }}
    >
      <button
        ref={trigger}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="true"
        aria-expanded={open}
        {...(testId !== undefined && { 'data-testid': testId })}
        onClick={() => show(!open)}
      >
        {button}
      </button>
      {open ? (
        <span className={upwards ? `${panel} up` : panel} data-panel="">
          {children(close)}
        </span>
      ) : null}
    </span>
  );
}

function step(box: HTMLElement | null, by: number): void {
  const buttons = [...(box?.querySelectorAll<HTMLElement>('[data-panel] button') ?? [])];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  buttons.at((at + by + buttons.length) % Math.max(1, buttons.length))?.focus();
}
