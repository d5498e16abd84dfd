import { channelName } from './channel-name.js';

const declaredAt = new Date('2026-11-23T09:00:00Z');

describe('The name of an incident’s channel', () => {
  it.each([
    ['Orders DB is slow!', 'inc-20261123-orders-db-is-slow-7k3m9q2x'],
    ['Überlast & Störung', 'inc-20261123-uberlast-storung-7k3m9q2x'],
    ['<!channel> #general', 'inc-20261123-channel-general-7k3m9q2x'],
    ['障害', 'inc-20261123-7k3m9q2x'],
    ['---', 'inc-20261123-7k3m9q2x'],
  ])('says %s as %s', (title, expected) => {
    expect(channelName({ id: 'inc-7k3m9q2x', title, declaredAt })).toBe(expected);
  });

  it('stays within what Slack takes, and never ends its slug on a hyphen', () => {
    const name = channelName({ id: 'inc-7k3m9q2x', title: 'a'.repeat(39) + ' b'.repeat(100), declaredAt });
    expect(name).toMatch(/^[a-z0-9-]{1,80}$/);
    expect(name).not.toContain('--');
  });
});
