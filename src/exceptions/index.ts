export { BreakGlass } from './break-glass.js';
export type { Exception } from './exception.js';
export { ExceptionWaivers } from './exception-waivers.js';
export { Exceptions } from './exceptions.js';
export { ExceptionsModule } from './exceptions.module.js';
