import { type ReactNode, useState } from 'react';
import { COMMON, findEmoji } from '../emoji';
import { Emoji } from '../mrkdwn';

/** The emoji that matter here, all others by search. Enter takes the first one found. */
export function ReactionPicker({ onPick }: { onPick: (name: string) => void }): ReactNode {
  const [text, setText] = useState('');
  const names = text === '' ? COMMON : findEmoji(text);
  const [first] = names;
  return (
    <>
      <input
        placeholder="Search all emoji"
        aria-label="Search for an emoji"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && first !== undefined) onPick(first);
        }}
      />
      <span className="picker-grid">
        {names.map((name) => (
          <button key={name} type="button" title={`:${name}:`} aria-label={name} onClick={() => onPick(name)}>
            <Emoji name={name} />
          </button>
        ))}
        {names.length === 0 ? <em>No emoji is called that.</em> : null}
      </span>
    </>
  );
}
