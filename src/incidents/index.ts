export { type Incident, type IncidentState, type Room, SEVERITY_WORDS } from './incident.js';
export { IncidentRoom, RoomRefused } from './incident-room.js';
export { isSettled, type Playbook, type PlaybookState, type PlaybookStep, type PlaybookStepState } from './playbook.js';
export type { TimelineEntry, TimelineKind } from './timeline-entry.js';
