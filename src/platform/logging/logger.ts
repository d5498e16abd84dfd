import winston from 'winston';
import { AppError, codeOf, messageOf } from '../../shared/index.js';
import { currentTraceId } from './trace-context.js';

export interface LogOptions {
  level: 'error' | 'warn' | 'info' | 'debug';
  format: 'json' | 'pretty';
  /** Every line passes through it: the last guard before text leaves the process. */
  redact: <T>(value: T) => T;
  /** Tests collect lines here instead of on the console. */
  transports?: winston.transport[];
}

export type LogFields = Record<string, unknown>;

/** Structured log lines: a plain message, fields, the trace id, everything through the redactor. */
export class Logger {
  private constructor(private readonly target: winston.Logger) {}

  static create(options: LogOptions): Logger {
    const { combine, timestamp, json, printf } = winston.format;
    const guard = winston.format((info) => {
      const traceId = currentTraceId();
      const { level, message, ...fields } = info;
      const safe = options.redact({ message: String(message), ...(traceId !== undefined && { traceId }), ...fields });
      return Object.assign(info, safe, { level });
    });
    const pretty = printf(({ level, message, timestamp: at, ...fields }) => {
      const extra = Object.entries(fields).map(
        ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      return `${String(at).slice(11, 19)} ${level.padEnd(5)} ${String(message)}${extra.length > 0 ? `  ${extra.join(' ')}` : ''}`;
    });
    return new Logger(
      winston.createLogger({
        level: options.level,
        format: combine(guard(), timestamp(), options.format === 'json' ? json() : pretty),
        transports: options.transports ?? [new winston.transports.Console({ stderrLevels: ['error'] })],
      }),
    );
  }

  /** A logger that says nothing, for parts under test. */
  static silent(): Logger {
    return new Logger(winston.createLogger({ silent: true, transports: [new winston.transports.Console()] }));
  }

  child(fields: LogFields): Logger {
    return new Logger(this.target.child(fields));
  }

  debug(message: string, fields: LogFields = {}): void {
    this.target.debug(message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.target.info(message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.target.warn(message, fields);
  }

  /** An error with its code and chain of causes. The stack is for the log only. */
  error(message: string, error?: unknown, fields: LogFields = {}): void {
    this.target.error(message, { ...fields, ...(error !== undefined && describe(error)) });
  }
}

function describe(error: unknown): LogFields {
  return {
    code: codeOf(error),
    error: messageOf(error),
    ...(error instanceof AppError && Object.keys(error.details).length > 0 && { details: error.details }),
    ...(error instanceof Error && error.cause !== undefined && { cause: messageOf(error.cause) }),
    ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }),
  };
}
