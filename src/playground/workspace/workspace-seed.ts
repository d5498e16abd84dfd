import type { ChannelRecord, UsergroupRecord, UserRecord, WorkspaceSeed } from './records.js';

export const BOT_USER_ID = 'U0QMASTER';
export const BOT_ID = 'B0QMASTER';
export const APP_ID = 'A0QMASTER';
export const TEAM_ID = 'T0QMASTER';

/** 2026-01-05T09:00:00Z: when the story begins. */
const CREATED = 1_767_603_600;

const person = (id: string, name: string, realName: string, title: string, color: string): UserRecord => ({
  id,
  name,
  realName,
  email: `${name}@quartermaster.test`,
  title,
  isBot: false,
  isRestricted: false,
  deleted: false,
  teamId: TEAM_ID,
  color,
});

const people = {
  ada: person('U0ADA0001', 'ada', 'Ada Park', 'Developer, Payments', '#2f6fde'),
  ben: person('U0BEN0002', 'ben', 'Ben Ortiz', 'Developer, Payments', '#1a7f54'),
  lea: person('U0LEA0003', 'lea', 'Lea Novak', 'Team lead, Payments', '#b3477d'),
  sam: person('U0SAM0004', 'sam', 'Sam Reyes', 'Security reviewer', '#a35a12'),
  oli: person('U0OLI0005', 'oli', 'Oli Brandt', 'On-call engineer', '#7a4fd0'),
  pia: person('U0PIA0006', 'pia', 'Pia Lindqvist', 'Platform engineer', '#14808a'),
  gus: { ...person('U0GUS0007', 'gus', 'Gus Vance', 'Guest', '#6b7280'), isRestricted: true },
  bot: {
    ...person(BOT_USER_ID, 'quartermaster', 'Quartermaster', 'App', '#3a3f4b'),
    email: '',
    isBot: true,
  },
};

const staff = [people.ada, people.ben, people.lea, people.sam, people.oli, people.pia].map((user) => user.id);

function channel(id: string, name: string, purpose: string, memberIds: string[]): ChannelRecord {
  return {
    id,
    name,
    kind: 'channel',
    creator: people.pia.id,
    created: CREATED,
    topic: { value: '', creator: '', lastSet: 0 },
    purpose: { value: purpose, creator: people.pia.id, lastSet: CREATED },
    memberIds: [...memberIds, BOT_USER_ID],
    isArchived: false,
    isGeneral: name === 'general',
    pins: [],
    bookmarks: [],
  };
}

const directMessage = (user: UserRecord): ChannelRecord => ({
  ...channel(`D${user.id.slice(1)}`, '', '', [user.id]),
  kind: 'im',
  creator: BOT_USER_ID,
});

const group = (id: string, handle: string, name: string, members: UserRecord[]): UsergroupRecord => ({
  id,
  handle,
  name,
  description: '',
  userIds: members.map((user) => user.id),
  created: CREATED,
  disabled: false,
});

/** The small company of the story, with ids a person can read in a log. Every e-mail is at a domain that cannot exist. */
export function defaultSeed(): WorkspaceSeed {
  return structuredClone({
    team: { id: TEAM_ID, name: 'Quartermaster Playground', domain: 'quartermaster-playground' },
    users: Object.values(people),
    channels: [
      channel('C0GENERAL', 'general', 'Everyone, everything', [...staff, people.gus.id]),
      channel('C0PAYMENTS', 'team-payments', 'The Payments team', staff),
      channel('C0PLATFORM', 'team-platform', 'The Platform team', staff),
      channel('C0SECURITY', 'team-security', 'The Security team', staff),
      channel('C0APPROVALS', 'approvals', 'What waits for a yes or a no', staff),
      channel('C0AUDIT', 'audit', 'The trail', staff),
      channel('C0INCIDENTS', 'incidents', 'What is on fire', staff),
      ...Object.values(people)
        .filter((user) => !user.isBot)
        .map(directMessage),
    ],
    usergroups: [
      group('S0PAYMENTS', 'payments', 'Payments', [people.ada, people.ben, people.lea]),
      group('S0SECURITY', 'security', 'Security', [people.sam]),
      group('S0ONCALL', 'oncall', 'On call', [people.oli]),
      group('S0PLATFORM', 'platform', 'Platform', [people.pia]),
    ],
  });
}
