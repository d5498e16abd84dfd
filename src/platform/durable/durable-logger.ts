import type { Logger } from '../logging/index.js';

/** The engine's own words, by its `DLogger` contract: its chatter at debug, its warnings and errors as they are. */
export interface DurableLogger {
  info(entry: unknown): void;
  debug(entry: unknown): void;
  warn(entry: unknown): void;
  error(entry: unknown, metadata?: { error?: unknown }): void;
}

export function durableLogger(logger: Logger): DurableLogger {
  const engine = logger.child({ part: 'durable' });
  return {
    info: (entry) => {
      engine.debug(String(entry));
    },
    debug: (entry) => {
      engine.debug(String(entry));
    },
    warn: (entry) => {
      engine.warn(String(entry));
    },
    error: (entry, metadata) => {
      engine.error(String(entry), metadata?.error);
    },
  };
}
