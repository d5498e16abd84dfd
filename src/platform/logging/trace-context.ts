import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<{ traceId: string }>();

/** Runs work under a trace id: every log line inside carries it, and it is stored with what the work makes. */
export function withTrace<T>(traceId: string, work: () => T): T {
  return storage.run({ traceId }, work);
}

/** The trace id of the work in hand, if there is one. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.traceId;
}
