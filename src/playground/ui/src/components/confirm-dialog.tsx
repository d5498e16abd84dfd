import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { Text } from '../blocks/text';

export function ConfirmDialog({
  confirm,
  onAnswer,
}: {
  confirm: Record<string, unknown>;
  onAnswer: (yes: boolean) => void;
}): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className="confirm"
      data-testid="confirm"
      onCancel={(event) => {
        event.preventDefault();
        onAnswer(false);
      }}
    >
      <h2>
        <Text value={confirm.title} />
      </h2>
      <p>
        <Text value={confirm.text} />
      </p>
      <div className="modal-foot">
        <button type="button" className="bk-button default" onClick={() => onAnswer(false)}>
          <Text value={confirm.deny ?? { type: 'plain_text', text: 'Cancel' }} />
        </button>
        <button
          type="button"
          className={`bk-button ${confirm.style === 'danger' ? 'danger' : 'primary'}`}
          data-testid="confirm-yes"
          onClick={() => onAnswer(true)}
        >
          <Text value={confirm.confirm ?? { type: 'plain_text', text: 'Yes' }} />
        </button>
      </div>
    </dialog>
  );
}
