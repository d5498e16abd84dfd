import { mentionedIn, unformatted } from './unformatted.js';

describe('A message of Slack as plain text', () => {
  const names = new Map([['U0ADA', 'Ada']]);
  it.each([
    ['<@U0ADA> deployed <https://ci.example/7|build 7>', '@Ada deployed build 7 (https://ci.example/7)'],
    ['<@U0NEW|new> see <#C0AAA|ops> and <#C0BBB>', '@U0NEW see #ops and #C0BBB'],
    ['<!here> a &lt;b&gt; &amp;amp; c', '@here a <b> &amp; c'],
    ['<https://a.example/?x=1&amp;y=2>', 'https://a.example/?x=1&y=2'],
    ['<!date^1795424400^{time}|9:00> <!subteam^S1|@dbas>', '9:00 @dbas'],
    ['a < b > c', 'a < b > c'],
  ])('reads %s as %s', (text, expected) => {
    expect(unformatted(text, names)).toBe(expected);
  });

  it('finds who is mentioned', () => {
    expect(mentionedIn('<@U0ADA> and <@W0BEN|ben>, not <#C0AAA>')).toEqual(['U0ADA', 'W0BEN']);
  });
});
