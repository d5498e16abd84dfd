export { IdentityRefused, IdentityUnavailable, NobodyOnCall } from './identity.errors.js';
export { IdentityModule, type IdentityOptions } from './identity.module.js';
export { lintOnCall, OnCall } from './on-call.js';
export { onCallParser } from './on-call-schedule.js';
export { People } from './people.js';
export { isInTeam, type Person, type Relation } from './person.js';
export { type RoleRoster, type Roster, Rosters, type TeamRoster } from './rosters.js';
export { type DirectoryUser, SlackDirectory } from './slack-directory.js';
