import type { CatalogItem } from './catalog-item.js';

/** What whoever wants it should know about where it stands in its life; null when there is nothing to say. */
export function lifecycleSentence({
  title,
  lifecycle,
  successor,
}: Pick<CatalogItem, 'title' | 'lifecycle' | 'successor'>): string | null {
  switch (lifecycle) {
    case 'active':
      return null;
    case 'draft':
      return `${title} is a draft and cannot be requested yet.`;
    case 'deprecated':
      return `${title} is deprecated: it still works, but it will go. ${instead(successor) ?? 'Ask its owner what to take instead.'}`;
    case 'retired':
      return `${title} is retired and cannot be requested any more; what was made of it keeps working. ${instead(successor) ?? 'Ask its owner what to take instead.'}`;
  }
}

function instead(successor: string | undefined): string | null {
  return successor === undefined ? null : `Request ${successor} instead.`;
}
