export { Confirmations } from './confirmations.js';
export { EventInbox } from './event-inbox.js';
export { EventsController } from './events.controller.js';
export { LateDesk } from './late-desk.js';
