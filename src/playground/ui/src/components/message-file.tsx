import type { ReactNode } from 'react';
import type { PlaygroundMessage } from '../../../protocol';
import { Icon } from './icon';

type File = PlaygroundMessage['files'][number];

/** An attachment: a picture is shown, everything can be opened and downloaded. */
export function MessageFile({ file }: { file: File }): ReactNode {
  const words = `${file.title || file.name}, ${sizeWords(file.size)}`;
  return (
    <div className="file-box">
      {/^image\/(png|jpeg|gif|webp)$/.test(file.mimetype) ? (
        <img src={file.url} alt={file.altText ?? (file.title || file.name)} />
      ) : null}
      <a className="file" href={file.url} target="_blank" rel="noreferrer noopener" data-file={file.name}>
        <Icon name="file" size={26} />
        <span>
          <strong>{file.title || file.name}</strong>
          <small>
            {file.name} · {sizeWords(file.size)}
          </small>
        </span>
      </a>
      <a className="icon-button" href={file.url} download={file.name} aria-label={`Download ${words}`} title="Download">
        <Icon name="download" />
      </a>
    </div>
  );
}

function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
