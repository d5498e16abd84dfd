import type { ClientSnapshot, PlaygroundMessage, ServerFrame } from '../../protocol';

export type Selection = { kind: 'channel'; id: string } | { kind: 'home' };

export interface State {
  snapshot: ClientSnapshot | null;
  connected: boolean;
  notices: { id: number; text: string }[];
  /** Messages that came while the channel was not looked at. */
  unread: Record<string, number>;
  selection: Selection | null;
  threadTs: string | null;
}

export type Event =
  | { type: 'frame'; frame: ServerFrame }
  | { type: 'connected'; connected: boolean }
  | { type: 'select'; selection: Selection }
  | { type: 'thread'; ts: string | null }
  | { type: 'notice'; text: string }
  | { type: 'dismiss_notice'; id: number }
  | { type: 'act_as' };

export const INITIAL: State = {
  snapshot: null,
  connected: false,
  notices: [],
  unread: {},
  selection: null,
  threadTs: null,
};

let nextNotice = 1;

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'frame':
      return applyFrame(state, event.frame);
    case 'connected':
      return { ...state, connected: event.connected };
    case 'select':
      return {
        ...state,
        selection: event.selection,
        threadTs: null,
        unread: event.selection.kind === 'channel' ? { ...state.unread, [event.selection.id]: 0 } : state.unread,
      };
    case 'thread':
      return { ...state, threadTs: event.ts };
    case 'notice':
      return { ...state, notices: [...state.notices, { id: nextNotice++, text: event.text }] };
    case 'dismiss_notice':
      return { ...state, notices: state.notices.filter((notice) => notice.id !== event.id) };
    case 'act_as':
      return { ...state, snapshot: null, unread: {}, threadTs: null };
  }
}

function applyFrame(state: State, frame: ServerFrame): State {
  if (frame.type === 'snapshot') return { ...state, snapshot: frame.snapshot };
  if (frame.type === 'notice') return reduce(state, { type: 'notice', text: frame.text });
  const { snapshot } = state;
  if (snapshot === null) return state;
  switch (frame.type) {
    case 'message': {
      const known = snapshot.messages[frame.message.channel] ?? [];
      const isNew = !known.some((message) => same(message, frame.message));
      const messages = { ...snapshot.messages, [frame.message.channel]: merged(known, frame.message) };
      const open = state.selection?.kind === 'channel' && state.selection.id === frame.message.channel;
      const counts = isNew && !open && frame.message.user !== snapshot.me && frame.message.threadTs === undefined;
      const unread = counts
        ? { ...state.unread, [frame.message.channel]: (state.unread[frame.message.channel] ?? 0) + 1 }
        : state.unread;
      return { ...state, snapshot: { ...snapshot, messages }, unread };
    }
    case 'message_removed': {
      const messages = {
        ...snapshot.messages,
        [frame.channel]: (snapshot.messages[frame.channel] ?? []).filter((message) => message.ts !== frame.ts),
      };
      return { ...state, snapshot: { ...snapshot, messages } };
    }
    case 'channel': {
      const rest = snapshot.channels.filter((channel) => channel.id !== frame.channel.id);
      return { ...state, snapshot: { ...snapshot, channels: [...rest, frame.channel] } };
    }
    case 'users':
      return { ...state, snapshot: { ...snapshot, users: frame.users } };
    case 'modals':
      return { ...state, snapshot: { ...snapshot, modals: frame.modals } };
    case 'home':
      return { ...state, snapshot: { ...snapshot, home: frame.home } };
  }
}

function same(a: PlaygroundMessage, b: PlaygroundMessage): boolean {
  return a.ts === b.ts && a.ephemeralTo === b.ephemeralTo;
}

function merged(messages: PlaygroundMessage[], message: PlaygroundMessage): PlaygroundMessage[] {
  const rest = messages.filter((known) => !same(known, message));
  return [...rest, message].sort((a, b) => Number(a.ts) - Number(b.ts));
}
