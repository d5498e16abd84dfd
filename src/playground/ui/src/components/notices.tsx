import { type ReactNode, useEffect } from 'react';

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
  useEffect(() => {
    const timer = setTimeout(onDismiss, SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [onDismiss]);
  return (
    <div className="notice">
      <span>{text}</span>
      <button type="button" aria-label="Dismiss" onClick={onDismiss}>
        ✕
      </button>
    </div>
  );
}
