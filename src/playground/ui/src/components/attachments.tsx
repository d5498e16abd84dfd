import { type ReactNode, useRef } from 'react';
import { Icon } from './icon';

/** A button that lets one choose files from one's own computer. */
export function AttachButton({ onChosen }: { onChosen: (files: File[]) => void }): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label="Attach files"
        title="Attach files"
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="attach"
        onChange={(event) => {
          onChosen([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

/** What goes along with the message; each can be left out again. */
export function Attached({ files, onRemove }: { files: File[]; onRemove: (file: File) => void }): ReactNode {
  if (files.length === 0) return null;
  return (
    <ul className="attached" aria-label="Attached files">
      {files.map((file) => (
        <li key={`${file.name} ${file.size} ${file.lastModified}`}>
          <Icon name="file" size={15} /> {file.name}
          <button type="button" aria-label={`Remove ${file.name}`} onClick={() => onRemove(file)}>
            <Icon name="close" size={13} />
          </button>
        </li>
      ))}
    </ul>
  );
}
