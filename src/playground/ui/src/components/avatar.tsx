import type { ReactNode } from 'react';
import type { PlaygroundUser } from '../../../protocol';
import { Icon } from './icon';

export function Avatar({ user, size = 36 }: { user: PlaygroundUser | undefined; size?: number }): ReactNode {
  const initials = (user?.realName ?? '?')
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase();
  return (
    <span
      className={user?.isBot === true ? 'avatar bot' : 'avatar'}
      style={{ background: user?.color ?? '#777', width: size, height: size, fontSize: size * 0.38 }}
      aria-hidden="true"
    >
      {user?.isBot === true ? <Icon name="anchor" size={size * 0.62} /> : initials}
    </span>
  );
}
