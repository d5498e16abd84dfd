import { Workspace } from './workspace.js';
import { defaultSeed } from './workspace-seed.js';

describe('the workspace', () => {
  it('gives rising timestamps, even when the clock stands still or goes backwards', () => {
    let now = 1_790_000_000_500;
    const workspace = new Workspace(defaultSeed(), () => now);
    const stamps = [workspace.nextTs(), workspace.nextTs()];
    now -= 60_000;
    stamps.push(workspace.nextTs());
    expect(stamps).toEqual(['1790000000.500000', '1790000000.500001', '1790000000.500002']);
  });

  it('hides what somebody may not know of', () => {
    const workspace = new Workspace(defaultSeed(), () => 0);
    expect(workspace.channelFor('U0ADA0001', 'C0AUDIT').name).toBe('audit');
    expect(() => workspace.channelFor('U0GUS0007', 'C0AUDIT')).toThrow('channel_not_found');
    expect(() => workspace.channelFor('U0BEN0002', 'D0ADA0001')).toThrow('channel_not_found');
  });

  it('comes out of its own dump as it was', () => {
    const workspace = new Workspace(defaultSeed(), () => 0);
    workspace.nextId('C');
    const copy = new Workspace(defaultSeed(), () => 0);
    copy.load(structuredClone(workspace.dump()));
    expect(copy.dump()).toEqual(workspace.dump());
    expect(copy.nextId('C')).toBe('C000000002');
  });

  it('forgets everything when it is reset, and the seed is untouched by what happened', () => {
    const workspace = new Workspace(defaultSeed(), () => 0);
    workspace.user('U0ADA0001').deleted = true;
    workspace.channelFor('U0ADA0001', 'C0GENERAL').memberIds.length = 0;
    workspace.reset();
    expect(workspace.user('U0ADA0001').deleted).toBe(false);
    expect(workspace.channelFor('U0ADA0001', 'C0GENERAL').memberIds).toHaveLength(8);
  });
});
