import { type ReactNode, useEffect, useRef } from 'react';
import { Icon } from './icon';

const SHOWN_MILLISECONDS = 8_000;

export function Notices({
  notices,
  onDismiss,
}: {
  notices: { id: number; text: string }[];
  onDismiss: (id: number) => void;
}): ReactNode {
  return (
    <div className="notices" role="status">
      {notices.map((notice) => (
        <Notice key={notice.id} text={notice.text} onDismiss={() => onDismiss(notice.id)} />
      ))}
    </div>
  );
}

function Notice({ text, onDismiss }: { text: string; onDismiss: () => void }): ReactNode {
  const dismiss = useRef(onDismiss);
  dismiss.current = onDismiss;
  useEffect(() => {
    const timer = setTimeout(() => dismiss.current(), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="notice" data-testid="notice">
      <span>{text}</span>
      <button type="button" aria-label="Dismiss" onClick={onDismiss}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
