import { createContext, useContext } from 'react';
import type { ActionContainer, ClientSnapshot } from '../../../protocol';

export interface Surface {
  snapshot: ClientSnapshot;
  container: ActionContainer;
  /** What was typed so far, by block and action. Messages have none. */
  state: Record<string, Record<string, unknown>>;
  errors: Record<string, string>;
  /** A click or choice that the app wants to hear of; resolves once it has. */
  dispatch(blockId: string, actionId: string, value: Record<string, unknown>): Promise<unknown>;
  /** A choice in an input of a view, which the app hears of at submission. */
  input(blockId: string, actionId: string, value: Record<string, unknown> | null): Promise<unknown>;
  options(blockId: string, actionId: string, text: string): Promise<Option[]>;
}

export interface TextObject {
  type: 'plain_text' | 'mrkdwn';
  text: string;
}

export interface Option {
  text: TextObject;
  value: string;
  description?: TextObject;
  url?: string;
  /** The label it stands under. */
  group?: string;
}

const SurfaceContext = createContext<Surface | null>(null);
export const SurfaceProvider = SurfaceContext.Provider;

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (surface === null) throw new Error('Blocks are shown inside a surface only.');
  return surface;
}
