import type { ClientSnapshot, PlaygroundMessage, ServerFrame } from '../../protocol';

export type Selection = { kind: 'channel'; id: string } | { kind: 'home' };

export interface State {
  snapshot: ClientSnapshot | null;
  connected: boolean;
  notices: { id: number; text: string }[];
  /** By channel: the last message this person has seen. */
  read: Record<string, string>;
  selection: Selection | null;
  threadTs: string | null;
}

export type Event =
  | { type: 'frame'; frame: ServerFrame; read?: Record<string, string> }
  | { type: 'connected'; connected: boolean }
  | { type: 'select'; selection: Selection }
  | { type: 'thread'; ts: string | null }
  | { type: 'seen'; channel: string; ts: string }
  | { type: 'notice'; text: string }
  | { type: 'dismiss_notice'; id: number };

export const INITIAL: State = {
  snapshot: null,
  connected: false,
  notices: [],
  read: {},
  selection: null,
  threadTs: null,
};

const KEPT_NOTICES = 4;
let nextNotice = 1;

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'frame':
      return applyFrame(state, event.frame, event.read);
    case 'connected':
      return { ...state, connected: event.connected };
    case 'select':
      return { ...state, selection: event.selection, threadTs: null };
    case 'thread':
      return { ...state, threadTs: event.ts };
    case 'seen':
      return { ...state, read: { ...state.read, [event.channel]: event.ts } };
    case 'notice': {
      const others = state.notices.filter((notice) => notice.text !== event.text);
      return { ...state, notices: [...others, { id: nextNotice++, text: event.text }].slice(-KEPT_NOTICES) };
    }
    case 'dismiss_notice':
      return { ...state, notices: state.notices.filter((notice) => notice.id !== event.id) };
  }
}

function applyFrame(state: State, frame: ServerFrame, read: Record<string, string> | undefined): State {
  if (frame.type === 'snapshot') {
    const another = state.snapshot?.me !== frame.snapshot.me;
    return {
      ...state,
      snapshot: frame.snapshot,
      ...(another && { read: read ?? {}, threadTs: null, notices: [] }),
    };
  }
  if (frame.type === 'notice') return reduce(state, { type: 'notice', text: frame.text });
  const { snapshot } = state;
  if (snapshot === null) return state;
  switch (frame.type) {
    case 'message': {
      const known = snapshot.messages[frame.message.channel] ?? [];
      const messages = { ...snapshot.messages, [frame.message.channel]: merged(known, frame.message) };
      return { ...state, snapshot: { ...snapshot, messages } };
    }
    case 'message_removed': {
      const left = (snapshot.messages[frame.channel] ?? []).filter((message) => message.ts !== frame.ts);
      return { ...state, snapshot: { ...snapshot, messages: { ...snapshot.messages, [frame.channel]: left } } };
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
