import { type ReactNode, useState } from 'react';
import { useClient } from '../client';
import { base64Of } from '../text/to-base64';
import { useSurface } from './context';
import { type ElementProps, useValue } from './element';

interface Chosen {
  id: string;
  name: string;
}

/** A file from one's own computer; it is uploaded at once, as in Slack, and sent with the form. */
export function FileField(props: ElementProps): ReactNode {
  const { element, label, required, blockId, invalid } = props;
  const { current, set } = useValue(props);
  const [files, setFiles] = useState((current.files ?? []) as Chosen[]);
  const { snapshot } = useSurface();
  const client = useClient();
  const upload = async (list: FileList | null): Promise<void> => {
    const chosen: Chosen[] = [];
    for (const file of list ?? []) {
      const contentBase64 = await base64Of(file);
      const answer = await client.do({ do: 'upload_file', user: snapshot.me, name: file.name, contentBase64 });
      if (answer.ok) chosen.push(answer.file as Chosen);
    }
    setFiles(chosen);
    set(chosen.length === 0 ? null : { files: chosen });
  };
  const types = ((element.filetypes ?? []) as string[]).map((type) => `.${type}`).join(',');
  return (
    <>
      <input
        className="bk-field file"
        type="file"
        aria-label={label}
        aria-required={required}
        aria-invalid={invalid}
        aria-describedby={`note-${blockId}`}
        data-action-id={String(element.action_id)}
        accept={types === '' ? undefined : types}
        multiple={Number(element.max_files ?? 10) > 1}
        onChange={(event) => void upload(event.target.files)}
      />
      {files.length === 0 ? null : <div className="input-hint">Chosen: {files.map(({ name }) => name).join(', ')}</div>}
    </>
  );
}
