import { useEffect, useState } from 'react';
import { type Option, useSurface } from './context';
import type { ElementProps } from './element';

const TYPING_PAUSE_MILLISECONDS = 150;

/** What the app offers for the text typed so far, asked once typing pauses; an answer that comes late is dropped. */
export function useExternalOptions(
  { element, blockId }: ElementProps,
  wanted: boolean,
  text: string,
): { options: Option[]; words: string } {
  const { options: ask } = useSurface();
  const [answer, setAnswer] = useState<{ text: string; options: Option[] } | null>(null);
  const least = Number(element.min_query_length ?? 3);
  const actionId = String(element.action_id ?? '');
  const asks = wanted && text.length >= least;
  useEffect(() => {
    if (!asks) return;
    let late = false;
    const timer = setTimeout(() => {
      void ask(blockId, actionId, text).then((options) => {
        if (!late) setAnswer({ text, options });
      });
    }, TYPING_PAUSE_MILLISECONDS);
    return () => {
      late = true;
      clearTimeout(timer);
    };
    // Asked again for another text only: the surface is new with every message that arrives.
  }, [asks, text, blockId, actionId]);
  if (!asks) return { options: [], words: least > 1 ? `Type at least ${least} letters` : 'Type to search' };
  return { options: answer?.options ?? [], words: answer?.text === text ? 'Nothing found' : 'Searching …' };
}
