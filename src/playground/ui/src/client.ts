import { createContext, useContext } from 'react';
import type { ClientAction } from '../../protocol';
import type { Answer } from './api';
import type { Selection } from './store';

export interface Client {
  /** Does something as this person; failures become a notice. */
  do(action: ClientAction): Promise<Answer>;
  /** The same, where the caller shows the failure itself. */
  quietly(action: ClientAction): Promise<Answer>;
  notice(text: string): void;
  select(selection: Selection): void;
  openThread(ts: string | null): void;
}

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('There is no client here.');
  return client;
}
