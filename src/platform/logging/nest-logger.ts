import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest's own words, through the product's logger: its start-up chatter only at debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: unknown): void {
    this.logger.debug(String(message), { context });
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error(String(message), undefined, { context: rest.at(-1) });
  }

  warn(message: unknown, context?: unknown): void {
    this.logger.warn(String(message), { context });
  }

  debug(message: unknown, context?: unknown): void {
    this.logger.debug(String(message), { context });
  }

  verbose(message: unknown, context?: unknown): void {
    this.logger.debug(String(message), { context });
  }
}
