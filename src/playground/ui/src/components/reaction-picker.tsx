import { type ReactNode, useState } from 'react';
import { COMMON, findEmoji } from '../emoji';
import { Emoji } from '../mrkdwn';

export function ReactionPicker({ onPick }: { onPick: (name: string) => void }): ReactNode {
  const [text, setText] = useState('');
  const names = text === '' ? COMMON : findEmoji(text);
  return (
    <div className="picker" role="dialog" aria-label="Choose a reaction">
      <input
        autoFocus
        placeholder="Search"
        aria-label="Search for an emoji"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div>
        {names.map((name) => (
          <button key={name} type="button" title={`:${name}:`} aria-label={name} onClick={() => onPick(name)}>
            <Emoji name={name} />
          </button>
        ))}
      </div>
    </div>
  );
}
