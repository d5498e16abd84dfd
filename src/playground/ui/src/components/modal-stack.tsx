import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ClientSnapshot, PlaygroundView } from '../../../protocol';
import { sentenceFor } from '../api';
import { Blocks } from '../blocks/blocks';
import { type Surface, SurfaceProvider } from '../blocks/context';
import { useClient } from '../client';
import { Plain } from '../mrkdwn';
import { Icon } from './icon';
import { optionsFrom } from './options';

interface Props {
  snapshot: ClientSnapshot;
  view: PlaygroundView;
  depth: number;
}

/** Of a person's modals the top one; the native dialog keeps the focus inside and everything else out of reach. */
export function ModalStack({ snapshot }: { snapshot: ClientSnapshot }): ReactNode {
  const top = snapshot.modals.at(-1);
  if (top === undefined) return null;
  return <Modal key={`${snapshot.me}-${top.id}`} snapshot={snapshot} view={top} depth={snapshot.modals.length} />;
}

function Modal({ snapshot, view, depth }: Props): ReactNode {
  const client = useClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const { surface, saved } = useViewSurface(snapshot, view, setTrouble);
  const { me } = snapshot;
  useFocus(dialog, view);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setTrouble('');
    await saved();
    const answer = await client.quietly({ do: 'submit_view', user: me, viewId: view.id });
    setBusy(false);
    if (!answer.ok && answer.error !== 'invalid_input') setTrouble(answer.detail ?? sentenceFor(answer));
  };
  const close = (clear: boolean): void =>
    void client.do({ do: 'close_view', user: me, viewId: view.id, ...(clear && { clear }) });
  return (
    <dialog
      ref={dialog}
      className="modal"
      aria-labelledby="modal-title"
      data-testid="modal"
      data-callback={view.callbackId}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        close(false);
      }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        <header className="modal-head">
          {depth > 1 ? (
            <button type="button" className="icon-button" aria-label="Back" onClick={() => close(false)}>
              <Icon name="back" />
            </button>
          ) : null}
          <h2 id="modal-title">
            <Plain text={view.title} />
          </h2>
          <button
            type="button"
            className="icon-button"
            aria-label="Close"
            data-testid="modal-x"
            onClick={() => close(true)}
          >
            <Icon name="close" />
          </button>
        </header>
        <div className="modal-body" tabIndex={-1}>
          {trouble === '' ? null : (
            <p className="trouble" role="alert" data-testid="modal-trouble">
              {trouble}
            </p>
          )}
          <SurfaceProvider value={surface}>
            <Blocks blocks={view.blocks} />
          </SurfaceProvider>
        </div>
        <footer className="modal-foot">
          <button type="button" className="bk-button default" data-testid="modal-close" onClick={() => close(false)}>
            <Plain text={view.close ?? (view.submit === undefined ? 'Close' : 'Cancel')} />
          </button>
          {view.submit === undefined ? null : (
            <button
              type="submit"
              className="bk-button primary"
              data-testid="modal-submit"
              disabled={busy || view.submitDisabled}
              aria-busy={busy}
            >
              {busy ? <span className="spinner" role="status" aria-label="Sending" /> : null}
              <Plain text={view.submit} />
            </button>
          )}
        </footer>
      </form>
    </dialog>
  );
}

/** Inputs are told in the order they were made, so that what was typed last is what is submitted. */
function useViewSurface(
  snapshot: ClientSnapshot,
  view: PlaygroundView,
  onTrouble: (words: string) => void,
): { surface: Surface; saved: () => Promise<unknown> } {
  const client = useClient();
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const surface = useMemo<Surface>(() => {
    const user = snapshot.me;
    const viewId = view.id;
    const container = { type: 'view' as const, viewId };
    return {
      snapshot,
      container,
      state: view.state,
      errors: view.errors,
      dispatch: async (blockId, actionId, value) => {
        await queue.current;
        const answer = await client.quietly({ do: 'block_action', user, container, blockId, actionId, value });
        if (!answer.ok) onTrouble(sentenceFor(answer));
      },
      input: (blockId, actionId, value) => {
        queue.current = queue.current.then(() =>
          client.do({ do: 'set_input', user, viewId, blockId, actionId, value }),
        );
        return queue.current;
      },
      options: async (blockId, actionId, value) =>
        optionsFrom(await client.quietly({ do: 'options', user, container, blockId, actionId, value })),
    };
  }, [snapshot, view, client, onTrouble]);
  return { surface, saved: () => queue.current };
}

/** Begins at the first field, goes to the first error, and stays where it was when the app draws the view anew. */
function useFocus(dialog: React.RefObject<HTMLDialogElement | null>, view: PlaygroundView): void {
  const last = useRef<string | undefined>(undefined);
  useEffect(() => {
    const box = dialog.current;
    if (box === null) return;
    box.showModal();
    const first =
      box.querySelector<HTMLElement>('.modal-body :is(input, textarea)') ??
      box.querySelector<HTMLElement>('.modal-foot .primary, .modal-foot button');
    first?.focus({ preventScroll: true });
    const note = (event: FocusEvent): void => {
      const block = (event.target as HTMLElement).closest<HTMLElement>('[data-block-id]');
      last.current = block?.dataset.blockId;
    };
    box.addEventListener('focusin', note);
    return () => box.removeEventListener('focusin', note);
  }, [dialog]);
  useLayoutEffect(() => {
    if (last.current === undefined || dialog.current?.contains(document.activeElement) === true) return;
    const selector = `[data-block-id="${CSS.escape(last.current)}"] :is(input, textarea, button)`;
    dialog.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
  }, [dialog, view.hash]);
  useEffect(() => {
    if (Object.keys(view.errors).length === 0) return;
    const field = dialog.current?.querySelector<HTMLElement>('.has-error :is(input, textarea)');
    field?.focus();
    field?.closest('.block')?.scrollIntoView({ block: 'nearest' });
  }, [dialog, view.errors]);
}
