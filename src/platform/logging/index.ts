export { type LogFields, Logger, type LogOptions } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { currentTraceId, withTrace } from './trace-context.js';
