import { Logger } from '@nestjs/common';
import { SlackPeople } from '../../test/fakes/slack-people.js';
import { Clock } from '../shared/index.js';
import { People } from './people.js';
import { type RoleRoster, Rosters, type TeamRoster } from './rosters.js';

class SetClock extends Clock {
  at = Date.parse('2026-11-23T10:00:00Z');
  now(): Date {
    return new Date(this.at);
  }
}

class FixedRosters extends Rosters {
  teams(): readonly TeamRoster[] {
    const nobody = { emails: [], slackGroups: [] };
    return [
      {
        teamId: 'payments',
        leads: { emails: ['lea@quartermaster.test'], slackGroups: [] },
        members: { emails: ['ada@quartermaster.test', 'gone@quartermaster.test'], slackGroups: ['payers'] },
      },
      { teamId: 'empty', leads: nobody, members: nobody },
    ];
  }
  roles(): readonly RoleRoster[] {
    return [{ role: 'on-call', people: { emails: ['oli@quartermaster.test'], slackGroups: [] } }];
  }
}

let slack: SlackPeople;
let clock: SetClock;
let people: People;

beforeEach(() => {
  Logger.overrideLogger(false);
  slack = new SlackPeople();
  slack.groups.set('payers', ['U0BEN']);
  clock = new SetClock();
  people = new People(slack, new FixedRosters(), clock);
});

describe('who is a person', () => {
  it('knows teams by e-mail and by user group, and roles', async () => {
    expect(await people.get('U0ADA')).toEqual({
      id: 'U0ADA',
      email: 'ada@quartermaster.test',
      name: 'ada',
      teams: [{ teamId: 'payments', relation: 'member' }],
      roles: [],
    });
    expect((await people.get('U0BEN')).teams).toEqual([{ teamId: 'payments', relation: 'member' }]);
    expect((await people.get('U0LEA')).teams).toEqual([{ teamId: 'payments', relation: 'lead' }]);
    expect(await people.get('U0OLI')).toMatchObject({ teams: [], roles: ['on-call'] });
  });

  it.each([
    ['a guest', { isRestricted: true }, 'identity.guest'],
    ['a single-channel guest', { isUltraRestricted: true }, 'identity.guest'],
    ['a bot', { isBot: true }, 'identity.bot'],
    ['a deactivated account', { deleted: true }, 'identity.deactivated'],
    ['a stranger in a shared channel', { isStranger: true }, 'identity.foreign_workspace'],
    ['somebody of another workspace', { teamId: 'T00AWAY' }, 'identity.foreign_workspace'],
    ['somebody without an e-mail address', { email: '' }, 'identity.no_email'],
  ])('refuses %s', async (_who, change, code) => {
    const id = slack.add('eve', change);
    await expect(people.get(id)).rejects.toMatchObject({ code });
  });

  it('refuses an event that claims another workspace', async () => {
    await expect(people.get('U0ADA', 'T00AWAY')).rejects.toMatchObject({ code: 'identity.foreign_workspace' });
    await expect(people.get('U0ADA', 'T00HOME')).resolves.toMatchObject({ id: 'U0ADA' });
  });

  it.each(['U0NOBODY', '', 'ada', '<@U0ADA>', 'U0ADA\n'])('refuses the id %j', async (id) => {
    await expect(people.get(id)).rejects.toMatchObject({ code: 'identity.unknown' });
  });

  it('refuses an e-mail look-up that answers with somebody else', async () => {
    slack.userByEmail = async () => slack.users.get('U0ADA') ?? null;
    await expect(people.withEmail('ben@quartermaster.test')).rejects.toMatchObject({ code: 'identity.ambiguous' });
    await expect(people.withEmail('ADA@quartermaster.test')).resolves.toMatchObject({ id: 'U0ADA' });
  });
});

describe('who is in a team', () => {
  it('counts leads as members, skips names that lead nowhere, and names nobody twice', async () => {
    slack.groups.set('payers', ['U0BEN', 'U0ADA', slack.add('bot', { isBot: true })]);
    expect((await people.inTeam('payments')).map(({ name }) => name).sort()).toEqual(['ada', 'ben', 'lea']);
    expect((await people.inTeam('payments', 'lead')).map(({ name }) => name)).toEqual(['lea']);
  });

  it('has nobody in an empty team, an unknown team or an unknown role', async () => {
    expect(await people.inTeam('empty')).toEqual([]);
    expect(await people.inTeam('nowhere')).toEqual([]);
    expect(await people.withRole('nobody')).toEqual([]);
    expect((await people.withRole('on-call')).map(({ name }) => name)).toEqual(['oli']);
  });

  it('lists everybody access.yaml names', async () => {
    expect((await people.list()).map(({ name }) => name).sort()).toEqual(['ada', 'ben', 'lea', 'oli']);
  });
});

describe('how old an answer may be', () => {
  it('asks Slack once a minute for ordinary use', async () => {
    await people.get('U0ADA');
    await people.get('U0ADA');
    clock.at += 59_999;
    await people.get('U0ADA');
    expect(slack.asked.filter((question) => question === 'user U0ADA')).toHaveLength(1);
    clock.at += 1;
    await people.get('U0ADA');
    expect(slack.asked.filter((question) => question === 'user U0ADA')).toHaveLength(2);
  });

  it('asks anew for a vote, even at the same moment', async () => {
    await people.get('U0ADA');
    slack.add('ada', { deleted: true });
    await expect(people.get('U0ADA')).resolves.toBeDefined();
    await expect(people.getFresh('U0ADA')).rejects.toMatchObject({ code: 'identity.deactivated' });
    await expect(people.get('U0ADA')).rejects.toMatchObject({ code: 'identity.deactivated' });
  });

  it('reads a user group again for a vote, but once for all its members', async () => {
    slack.groups.set('payers', ['U0BEN', 'U0ADA', 'U0PIA']);
    await people.inTeam('payments');
    slack.groups.set('payers', ['U0BEN']);
    slack.asked.length = 0;
    expect((await people.inTeam('payments', 'member', { fresh: true })).map(({ name }) => name).sort()).toEqual([
      'ada',
      'ben',
      'lea',
    ]);
    expect(slack.asked.filter((question) => question === 'group payers')).toHaveLength(1);
  });

  it('fails closed when Slack cannot be asked, and recovers when it can', async () => {
    slack.down = true;
    await expect(people.get('U0ADA')).rejects.toMatchObject({
      code: 'identity.slack_unavailable',
      publicMessage: expect.stringMatching(/Try again/),
    });
    await expect(people.inTeam('payments', 'lead')).rejects.toMatchObject({ code: 'identity.slack_unavailable' });
    slack.down = false;
    await expect(people.get('U0ADA')).resolves.toMatchObject({ id: 'U0ADA' });
  });

  it('fails closed when a user group cannot be read: nobody is a member by default', async () => {
    slack.groups.delete('payers');
    await expect(people.get('U0PIA')).rejects.toMatchObject({ code: 'identity.slack_unavailable' });
  });
});
