import { type ReactNode, useRef, useState } from 'react';
import type { ClientSnapshot } from '../../../protocol';
import { useClient } from '../client';

interface Suggestion {
  key: string;
  insert: string;
  title: string;
  detail: string;
}

export function Composer({
  snapshot,
  channelId,
  threadTs,
  label,
}: {
  snapshot: ClientSnapshot;
  channelId: string;
  threadTs?: string;
  label: string;
}): ReactNode {
  const client = useClient();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [busy, setBusy] = useState(false);
  const [shortcutsOpen, setShortcutsOpen] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const { me } = snapshot;
  const suggestions = suggest(snapshot, text);

  const accept = (suggestion: Suggestion): void => {
    setText(suggestion.insert);
    setActive(0);
    field.current?.focus();
  };
  const send = async (): Promise<void> => {
    const said = text.trim();
    if (said === '' || busy) return;
    const command = snapshot.bot.commands.find((one) => said === one.command || said.startsWith(`${one.command} `));
    if (said.startsWith('/') && threadTs !== undefined)
      return client.notice(`Slack has no slash commands in threads. Mention @${snapshot.bot.name} instead.`);
    if (said.startsWith('/') && command === undefined)
      return client.notice(
        `${said.split(' ')[0]} is not a command here. Try ${snapshot.bot.commands[0]?.command ?? '/qm'}.`,
      );
    setText('');
    setBusy(true);
    if (command !== undefined)
      await client.do({
        do: 'slash_command',
        user: me,
        channel: channelId,
        command: command.command,
        text: said.slice(command.command.length).trim(),
      });
    else
      await client.do({
        do: 'post_message',
        user: me,
        channel: channelId,
        text: encode(said, snapshot),
        ...(threadTs !== undefined && { threadTs }),
      });
    setBusy(false);
    field.current?.focus();
  };
  const onKey = (event: React.KeyboardEvent): void => {
    if (suggestions.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setActive((at) => (at + (event.key === 'ArrowDown' ? 1 : suggestions.length - 1)) % suggestions.length);
    } else if (suggestions.length > 0 && event.key === 'Tab') {
      event.preventDefault();
      const chosen = suggestions[active];
      if (chosen !== undefined) accept(chosen);
    } else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      const chosen = suggestions[active];
      if (chosen !== undefined && chosen.key.startsWith('@')) accept(chosen);
      else void send();
    }
  };
  const globals = snapshot.bot.shortcuts.filter((shortcut) => shortcut.type === 'global');
  return (
    <div className="composer">
      {suggestions.length > 0 ? (
        <div className="suggestions" role="listbox" aria-label="Suggestions">
          {suggestions.map((one, at) => (
            <button
              key={one.key}
              type="button"
              role="option"
              aria-selected={at === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => accept(one)}
            >
              <strong>{one.title}</strong>
              <span>{one.detail}</span>
            </button>
          ))}
        </div>
      ) : null}
      <div className="composer-box">
        {threadTs === undefined && globals.length > 0 ? (
          <span
            className="overflow"
            onBlur={(event) => {
              if (!event.currentTarget.contains(event.relatedTarget)) setShortcutsOpen(false);
            }}
          >
            <button
              type="button"
              className="icon"
              aria-label="Shortcuts"
              title="Shortcuts"
              data-testid="shortcuts"
              aria-expanded={shortcutsOpen}
              onClick={() => setShortcutsOpen(!shortcutsOpen)}
            >
              ⚡
            </button>
            {shortcutsOpen ? (
              <span className="menu up" role="menu">
                {globals.map((shortcut) => (
                  <button
                    key={shortcut.callbackId}
                    type="button"
                    role="menuitem"
                    onClick={() => {
                      setShortcutsOpen(false);
                      void client.do({ do: 'global_shortcut', user: me, callbackId: shortcut.callbackId });
                    }}
                  >
                    {shortcut.name}
                  </button>
                ))}
              </span>
            ) : null}
          </span>
        ) : null}
        <textarea
          ref={field}
          rows={1}
          data-testid={threadTs === undefined ? 'composer' : 'thread-composer'}
          aria-label={`Message ${label}`}
          placeholder={threadTs === undefined ? `Message ${label}` : 'Reply …'}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKey}
        />
        <button
          type="button"
          className="send"
          aria-label="Send"
          disabled={text.trim() === '' || busy}
          onClick={() => void send()}
        >
          ➤
        </button>
      </div>
    </div>
  );
}

function suggest(snapshot: ClientSnapshot, text: string): Suggestion[] {
  if (text.startsWith('/') && !text.includes(' ')) {
    return snapshot.bot.commands
      .filter((one) => one.command.startsWith(text))
      .map((one) => ({
        key: one.command,
        insert: `${one.command} `,
        title: `${one.command} ${one.usageHint}`,
        detail: one.description,
      }));
  }
  const mention = /(?:^|\s)@(\w*)$/.exec(text);
  if (mention === null) return [];
  const typed = (mention[1] ?? '').toLowerCase();
  return snapshot.users
    .filter((user) => !user.deleted && (user.name.startsWith(typed) || user.realName.toLowerCase().startsWith(typed)))
    .slice(0, 6)
    .map((user) => ({
      key: `@${user.id}`,
      insert: `${text.slice(0, text.length - typed.length)}${user.name} `,
      title: `@${user.name}`,
      detail: user.realName,
    }));
}

/** As Slack's client sends it: escaped, with names turned into ids. */
function encode(text: string, snapshot: ClientSnapshot): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .replaceAll(/(^|\s)@(\w+)/g, (all, before: string, name: string) => {
      const user = snapshot.users.find((one) => one.name === name);
      return user === undefined ? all : `${before}<@${user.id}>`;
    })
    .replaceAll(/(^|\s)#([a-z0-9_-]+)/g, (all, before: string, name: string) => {
      const channel = snapshot.channels.find((one) => one.name === name);
      return channel === undefined ? all : `${before}<#${channel.id}|${channel.name}>`;
    });
}
