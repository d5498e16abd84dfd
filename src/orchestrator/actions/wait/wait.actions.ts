import type { AnyAction } from '../../action.js';
import { waitConfirmationAction } from './confirmation.action.js';
import { waitDurationAction } from './duration.action.js';
import { waitEventAction } from './event.action.js';
import type { ConfirmationDesk, EventSource } from './ports.js';
import { realTime, type Time } from './waiting.js';

/** `wait:*`. Without a desk or a source (the linter has none) the actions are known and can't be run. */
export function waitActions(
  desk: ConfirmationDesk | null,
  events: EventSource | null,
  time: Time = realTime,
): AnyAction[] {
  return [waitDurationAction(time), waitEventAction(events, time), waitConfirmationAction(desk, time)];
}
