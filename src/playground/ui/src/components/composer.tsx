import { type ReactNode, useRef, useState } from 'react';
import type { ClientSnapshot } from '../../../protocol';
import { type Client, useClient } from '../client';
import { encodeMessage, type Suggestion, suggest } from '../text/composing';
import { base64Of } from '../text/to-base64';
import { AttachButton, Attached } from './attachments';
import { Icon } from './icon';
import { Popover } from './popover';
import { ReactionPicker } from './reaction-picker';

/** What was being written where, kept while one looks elsewhere. */
const DRAFTS = new Map<string, string>();

interface Props {
  snapshot: ClientSnapshot;
  channelId: string;
  threadTs?: string;
  label: string;
}

export function Composer({ snapshot, channelId, threadTs, label }: Props): ReactNode {
  const draft = `${snapshot.me} ${channelId} ${threadTs ?? ''}`;
  const [text, setText] = useState(DRAFTS.get(draft) ?? '');
  const [active, setActive] = useState(0);
  const [hidden, setHidden] = useState(false);
  const [files, setFiles] = useState<File[]>([]);
  const field = useRef<HTMLTextAreaElement>(null);
  const inThread = threadTs !== undefined;
  const { busy, send } = useSending({ snapshot, channelId, label, ...(inThread && { threadTs }) });
  const suggestions = hidden || (inThread && text.startsWith('/')) ? [] : suggest(snapshot, text);
  const write = (next: string): void => {
    setText(next);
    setActive(0);
    setHidden(false);
    DRAFTS.set(draft, next);
  };
  const accept = (suggestion: Suggestion): void => {
    write(suggestion.insert);
    field.current?.focus();
  };
  const submit = (): void => {
    const accepted = (): void => {
      write('');
      setFiles([]);
    };
    void send(text.trim(), files, accepted).then(() => field.current?.focus());
  };
  const onKey = (event: React.KeyboardEvent): void => {
    const chosen = suggestions[active];
    if (chosen !== undefined && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setActive((at) => (at + (event.key === 'ArrowDown' ? 1 : suggestions.length - 1)) % suggestions.length);
    } else if (chosen !== undefined && event.key === 'Escape') {
      setHidden(true);
    } else if (chosen !== undefined && event.key === 'Tab' && !event.shiftKey && chosen.insert !== text) {
      event.preventDefault();
      accept(chosen);
    } else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (chosen?.kind === 'person') accept(chosen);
      else submit();
    }
  };
  return (
    <div className="composer">
      {suggestions.length > 0 ? <Suggestions all={suggestions} active={active} onAccept={accept} /> : null}
      {inThread && text.startsWith('/') ? (
        <p className="composer-note">
          Slash commands don’t work in threads. Mention <strong>@{snapshot.bot.name.toLowerCase()}</strong> here
          instead.
        </p>
      ) : null}
      <Attached files={files} onRemove={(file) => setFiles(files.filter((one) => one !== file))} />
      <div className="composer-box">
        {inThread ? null : <Shortcuts snapshot={snapshot} />}
        <textarea
          ref={field}
          rows={1}
          data-testid={inThread ? 'thread-composer' : 'composer'}
          aria-label={inThread ? 'Reply in the thread' : `Message ${label}`}
          placeholder={inThread ? 'Reply …' : `Message ${label} — or type / for commands`}
          value={text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKey}
        />
        <Popover label="Emoji" button={<Icon name="smile" />} panel="picker">
          {(close) => (
            <ReactionPicker
              onPick={(name) => {
                close();
                write(`${text}:${name}: `);
                field.current?.focus();
              }}
            />
          )}
        </Popover>
        <AttachButton onChosen={(chosen) => setFiles([...files, ...chosen])} />
        <button
          type="button"
          className="send"
          aria-label="Send"
          disabled={(text.trim() === '' && files.length === 0) || busy}
          onClick={submit}
        >
          <Icon name="send" />
        </button>
      </div>
    </div>
  );
}

/** Sends what was written: a command to the app, everything else as a message. `accepted` is called once it is on its way. */
function useSending({ snapshot, channelId, threadTs }: Props): {
  busy: boolean;
  send: (said: string, files: File[], accepted: () => void) => Promise<void>;
} {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const { me } = snapshot;
  const send = async (said: string, files: File[], accepted: () => void): Promise<void> => {
    if ((said === '' && files.length === 0) || busy) return;
    const [word = ''] = said.split(/\s/);
    const command = snapshot.bot.commands.find((one) => one.command === word);
    const known = snapshot.bot.commands[0]?.command ?? '/qm';
    if (word.startsWith('/') && threadTs !== undefined)
      return client.notice(`${word} is not supported in threads. Sorry! Mention @${snapshot.bot.name} instead.`);
    if (/^\/\w+$/.test(word) && command === undefined)
      return client.notice(`${word} is not a valid command here. Try ${known}.`);
    accepted();
    setBusy(true);
    if (command !== undefined)
      await client.do({
        do: 'slash_command',
        user: me,
        channel: channelId,
        command: command.command,
        text: said.slice(word.length).trim(),
      });
    else
      await client.do({
        do: 'post_message',
        user: me,
        channel: channelId,
        text: encodeMessage(said, snapshot),
        ...(threadTs !== undefined && { threadTs }),
        ...(files.length > 0 && { fileIds: await uploaded(client, me, files) }),
      });
    setBusy(false);
  };
  return { busy, send };
}

/** Their ids; one that is refused, as too large, is said in a notice and left out. */
async function uploaded(client: Client, user: string, files: File[]): Promise<string[]> {
  const ids: string[] = [];
  for (const file of files) {
    const answer = await client.do({ do: 'upload_file', user, name: file.name, contentBase64: await base64Of(file) });
    if (answer.ok) ids.push((answer.file as { id: string }).id);
  }
  return ids;
}

function Suggestions({
  all,
  active,
  onAccept,
}: {
  all: Suggestion[];
  active: number;
  onAccept: (suggestion: Suggestion) => void;
}): ReactNode {
  return (
    <div className="suggestions" role="listbox" aria-label="Suggestions">
      {all.map((one, at) => (
        <button
          key={one.key}
          type="button"
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onAccept(one)}
        >
          <strong>{one.title}</strong>
          {one.hint === undefined ? null : <code>{one.hint}</code>}
          <span>{one.detail}</span>
        </button>
      ))}
    </div>
  );
}

function Shortcuts({ snapshot }: { snapshot: ClientSnapshot }): ReactNode {
  const client = useClient();
  const globals = snapshot.bot.shortcuts.filter((shortcut) => shortcut.type === 'global');
  if (globals.length === 0) return null;
  return (
    <Popover label="Shortcuts" testId="shortcuts" button={<Icon name="bolt" />} panel="menu left">
      {(close) =>
        globals.map((shortcut) => (
          <button
            key={shortcut.callbackId}
            type="button"
            role="menuitem"
            onClick={() => {
              close();
              void client.do({ do: 'global_shortcut', user: snapshot.me, callbackId: shortcut.callbackId });
            }}
          >
            <Icon name="bolt" size={15} /> {shortcut.name}
          </button>
        ))
      }
    </Popover>
  );
}
