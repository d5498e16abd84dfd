import { type ReactNode, useState } from 'react';
import type { ClientSnapshot } from '../../../protocol';
import { Icon } from './icon';

const KEY = 'playground-first-steps-done';

/** What to do first, until it is put away. */
export function FirstSteps({
  snapshot,
  channelName,
  empty,
}: {
  snapshot: ClientSnapshot;
  channelName: string;
  empty: boolean;
}): ReactNode {
  const [done, setDone] = useState(localStorage.getItem(KEY) === 'yes');
  const command = snapshot.bot.commands[0]?.command ?? '/qm';
  if (done) return empty ? <p className="empty">Nothing was said here yet.</p> : null;
  return (
    <section className="first-steps" aria-label="First steps">
      <button
        type="button"
        className="icon-button"
        aria-label="Put away"
        onClick={() => {
          localStorage.setItem(KEY, 'yes');
          setDone(true);
        }}
      >
        <Icon name="close" size={16} />
      </button>
      <h2>Welcome to the playground</h2>
      <p>A local Slack workspace in which {snapshot.bot.name} lives. You can be anybody: switch at the top left.</p>
      <ol>
        <li>
          Type <code>{command}</code> in the box below and press Enter.
        </li>
        <li>
          Then <code>{command} request postgres-database</code>, and choose <em>production</em>.
        </li>
        <li>
          Become <strong>Lea</strong>, the team lead, and react with ✅ in <strong>#approvals</strong>.
        </li>
        <li>
          Be yourself again and watch the card in{' '}
          <strong>#{channelName.startsWith('team-') ? channelName : 'team-payments'}</strong>.
        </li>
      </ol>
    </section>
  );
}
