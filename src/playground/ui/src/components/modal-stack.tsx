import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { ClientSnapshot, PlaygroundView } from '../../../protocol';
import { Blocks } from '../blocks/blocks';
import { type Surface, SurfaceProvider } from '../blocks/context';
import { useClient } from '../client';
import { Plain } from '../mrkdwn';
import { optionsFrom } from './options';

export function ModalStack({ snapshot }: { snapshot: ClientSnapshot }): ReactNode {
  const top = snapshot.modals.at(-1);
  if (top === undefined) return null;
  return <Modal key={`${snapshot.me}-${top.id}`} snapshot={snapshot} view={top} depth={snapshot.modals.length} />;
}

function Modal({
  snapshot,
  view,
  depth,
}: {
  snapshot: ClientSnapshot;
  view: PlaygroundView;
  depth: number;
}): ReactNode {
  const client = useClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const { me } = snapshot;
  const saved = useRef<Promise<unknown>>(Promise.resolve());
  useEffect(() => {
    const box = dialog.current;
    box?.showModal();
    box?.querySelector<HTMLElement>('input,textarea,button.primary')?.focus();
  }, []);
  useEffect(() => {
    if (Object.keys(view.errors).length > 0)
      dialog.current?.querySelector<HTMLElement>('.has-error input, .has-error textarea')?.focus();
  }, [view.errors]);
  const container = useMemo(() => ({ type: 'view' as const, viewId: view.id }), [view.id]);
  const surface = useMemo<Surface>(
    () => ({
      snapshot,
      container,
      state: view.state,
      errors: view.errors,
      dispatch: (blockId, actionId, value) =>
        void saved.current.then(() => client.do({ do: 'block_action', user: me, container, blockId, actionId, value })),
      // Kept in order, so that what was typed last is what is submitted.
      input: (blockId, actionId, value) => {
        saved.current = saved.current.then(() =>
          client.do({ do: 'set_input', user: me, viewId: view.id, blockId, actionId, value }),
        );
      },
      options: async (blockId, actionId, value) =>
        optionsFrom(await client.do({ do: 'options', user: me, container, blockId, actionId, value })),
    }),
    [snapshot, container, view, client, me],
  );
  const submit = async (): Promise<void> => {
    setBusy(true);
    await saved.current;
    await client.do({ do: 'submit_view', user: me, viewId: view.id });
    setBusy(false);
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
        event.preventDefault();
        close(false);
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <header className="modal-head">
          {depth > 1 ? (
            <button type="button" aria-label="Back" onClick={() => close(false)}>
              ‹
            </button>
          ) : null}
          <h2 id="modal-title">
            <Plain text={view.title} />
          </h2>
          <button type="button" aria-label="Close" data-testid="modal-x" onClick={() => close(true)}>
            ✕
          </button>
        </header>
        <div className="modal-body" tabIndex={-1}>
          <SurfaceProvider value={surface}>
            <Blocks key={view.hash} blocks={view.blocks} />
          </SurfaceProvider>
        </div>
        <footer className="modal-foot">
          <button type="button" className="bk-button default" data-testid="modal-close" onClick={() => close(false)}>
            <Plain text={view.close ?? 'Cancel'} />
          </button>
          {view.submit === undefined ? null : (
            <button
              type="submit"
              className="bk-button primary"
              data-testid="modal-submit"
              disabled={busy}
              aria-busy={busy}
            >
              {busy ? 'Sending …' : <Plain text={view.submit} />}
            </button>
          )}
        </footer>
      </form>
    </dialog>
  );
}
