import { useEffect } from 'react';
import type { ServerFrame } from '../../protocol';

const FIRST_WAIT_MILLISECONDS = 500;
const LONGEST_WAIT_MILLISECONDS = 5_000;

/** Keeps one WebSocket open for the person, and comes back when it breaks. `onRefused`: it never opened at all. */
export function useConnection(
  person: string,
  onFrame: (frame: ServerFrame) => void,
  onConnected: (connected: boolean) => void,
  onRefused: () => void,
): void {
  useEffect(() => {
    let socket: WebSocket | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let closed = false;
    let opened = false;
    let wait = FIRST_WAIT_MILLISECONDS;
    const connect = (): void => {
      socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/client/ws?user=${encodeURIComponent(person)}`);
      socket.onopen = () => {
        opened = true;
        wait = FIRST_WAIT_MILLISECONDS;
        if (!closed) onConnected(true);
      };
      socket.onmessage = (event) => {
        if (!closed) onFrame(JSON.parse(String(event.data)) as ServerFrame);
      };
      socket.onclose = () => {
        if (closed) return;
        onConnected(false);
        if (!opened) onRefused();
        retry = setTimeout(connect, wait);
        wait = Math.min(wait * 2, LONGEST_WAIT_MILLISECONDS);
      };
    };
    connect();
    return () => {
      closed = true;
      clearTimeout(retry);
      socket?.close();
    };
  }, [person, onFrame, onConnected, onRefused]);
}
