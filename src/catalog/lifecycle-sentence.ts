import type { CatalogItem } from './catalog-item.js';
import { lackSentence } from './needs.js';

/** What whoever wants it should know about where it stands in its life, or what this place lacks for it; null when there is nothing to say. */
export function lifecycleSentence(
  item: Pick<CatalogItem, 'title' | 'lifecycle' | 'successor' | 'lacks'>,
): string | null {
  const { title, lifecycle, successor } = item;
  switch (lifecycle) {
    case 'active':
      return lackSentence(item);
    case 'draft':
      return `${title} is a draft and cannot be requested yet.`;
    case 'deprecated':
      return (
        lackSentence(item) ??
        `${title} is deprecated: it still works, but it will go. ${instead(successor) ?? 'Ask its owner what to take instead.'}`
      );
    case 'retired':
      return `${title} is retired and cannot be requested any more; what was made of it keeps working. ${instead(successor) ?? 'Ask its owner what to take instead.'}`;
  }
}

function instead(successor: string | undefined): string | null {
  return successor === undefined ? null : `Request ${successor} instead.`;
}
