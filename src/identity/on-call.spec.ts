import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { SlackPeople } from '../../test/fakes/slack-people.js';
import { formatProblem } from '../platform/documents/index.js';
import { SystemClock } from '../shared/index.js';
import { OnCall, readOnCall } from './on-call.js';
import { onCallAt, onCallParser } from './on-call-schedule.js';
import { People } from './people.js';
import { Rosters } from './rosters.js';

class NoRosters extends Rosters {
  teams(): [] {
    return [];
  }
  roles(): [] {
    return [];
  }
}

const schedule = onCallParser.parse({
  timezone: 'Europe/Berlin',
  rotation: { startsOn: '2026-03-23', handoverAt: '09:00', daysEach: 7, people: ['a@x.test', 'b@x.test', 'c@x.test'] },
  overrides: [
    { from: '2026-04-01T00:00:00+02:00', until: '2026-04-02T00:00:00+02:00', person: 'c@x.test' },
    { from: '2026-04-01T12:00:00+02:00', until: '2026-04-01T13:00:00+02:00', person: 'A@x.test' },
  ],
});
const at = (time: string): string | null => onCallAt(schedule, new Date(time));

describe('who is on call', () => {
  it('hands over at the very minute, in local time', () => {
    expect(at('2026-03-23T07:59:59Z')).toBeNull();
    expect(at('2026-03-23T08:00:00Z')).toBe('a@x.test');
  });

  it('keeps nine o’clock when summer time begins', () => {
    expect(at('2026-03-30T06:59:59Z')).toBe('a@x.test');
    expect(at('2026-03-30T07:00:00Z')).toBe('b@x.test');
  });

  it('begins again after the last one', () => {
    expect(at('2026-04-12T12:00:00Z')).toBe('c@x.test');
    expect(at('2026-04-13T12:00:00Z')).toBe('a@x.test');
  });

  it('lets the last override that covers the moment win, up to its end', () => {
    expect(at('2026-04-01T08:00:00Z')).toBe('c@x.test');
    expect(at('2026-04-01T10:30:00Z')).toBe('a@x.test');
    expect(at('2026-04-01T11:00:00Z')).toBe('c@x.test');
    expect(at('2026-04-01T22:00:00Z')).toBe('b@x.test');
  });
});

describe('the schedule file', () => {
  it('is shipped without a problem', () => {
    expect(readOnCall(readFileSync('catalog/on-call.yaml', 'utf8')).problems).toEqual([]);
  });

  it.each([
    ['timezone: Mars/Base\n', /timezone/],
    [
      'timezone: Europe/Berlin\nrotation: { startsOn: 2026-13-01, handoverAt: "9", daysEach: 0, people: [] }\n',
      /on-call\.yaml:2:/,
    ],
    ['rotation: [', /on-call\.yaml:/],
  ])('is refused with places: %j', (source, message) => {
    expect(readOnCall(source).problems.map(formatProblem)).toEqual(
      expect.arrayContaining([expect.stringMatching(message)]),
    );
  });

  it('finds the person in Slack, and says so when it names nobody', async () => {
    Logger.overrideLogger(false);
    const clock = new SystemClock();
    const slack = new SlackPeople();
    const onCall = new OnCall('catalog', new People(slack, new NoRosters(), clock), clock);
    await expect(onCall.current()).rejects.toMatchObject({ code: 'identity.nobody_on_call' });
    await onCall.reload();
    await expect(onCall.current()).resolves.toMatchObject({ id: 'U0OLI' });
    slack.down = true;
    const other = new OnCall('nowhere', new People(slack, new NoRosters(), clock), clock);
    await other.reload();
    expect(other.problems()).toHaveLength(1);
    await expect(other.current()).rejects.toMatchObject({ code: 'identity.nobody_on_call' });
  });
});
