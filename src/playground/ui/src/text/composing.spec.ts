import type { ClientSnapshot } from '../../../protocol.js';
import { decodeMessage, encodeMessage, suggest } from './composing.js';

const workspace = {
  users: [
    { id: 'U1', name: 'lea', realName: 'Lea Novak', title: 'Team lead', deleted: false, isBot: false },
    { id: 'U2', name: 'leo', realName: 'Leo Gone', title: '', deleted: true, isBot: false },
    { id: 'UB', name: 'quartermaster', realName: 'Quartermaster', title: '', deleted: false, isBot: true },
  ],
  channels: [{ id: 'C1', name: 'team-payments', kind: 'channel', topic: 'Payments', isArchived: false }],
  bot: { commands: [{ command: '/qm', usageHint: '[help]', description: 'Ask' }] },
} as unknown as ClientSnapshot;

describe('what is suggested', () => {
  const titles = (text: string) => suggest(workspace, text).map((one) => one.title);

  it('offers the command until it has words after it', () => {
    expect(titles('/')).toEqual(['/qm']);
    expect(titles('/qm ')).toEqual(['/qm']);
    expect(titles('/qm help')).toEqual([]);
    expect(titles('/other')).toEqual([]);
  });

  it('offers people by handle or by any of their names, and nobody who left', () => {
    expect(titles('hi @le')).toEqual(['Lea Novak']);
    expect(titles('@nov')).toEqual(['Lea Novak']);
    expect(titles('mail me@le')).toEqual([]);
  });

  it('puts the name where the typing was', () => {
    expect(suggest(workspace, 'ask @le')[0]?.insert).toBe('ask @lea ');
    expect(suggest(workspace, 'see #te')[0]?.insert).toBe('see #team-payments ');
  });
});

describe('what is sent', () => {
  it('escapes markup and turns names into ids', () => {
    expect(encodeMessage('@lea <!channel> & #team-payments', workspace)).toBe(
      '<@U1> &lt;!channel&gt; &amp; <#C1|team-payments>',
    );
  });

  it.each(['@nobody', 'a@lea', '#nowhere', '@leo'])('leaves %s as it is', (text) => {
    expect(encodeMessage(text, workspace)).toBe(text);
  });

  it('keeps a full stop after a name out of it', () => {
    expect(encodeMessage('Thanks, @lea.', workspace)).toBe('Thanks, <@U1>.');
  });
});

describe('what is edited', () => {
  it('is what was typed', () => {
    for (const typed of ['@lea <!channel> & #team-payments', 'a &amp; b', 'nobody@example.test'])
      expect(decodeMessage(encodeMessage(typed, workspace), workspace)).toBe(typed);
  });
});
