import { IncidentRoom, type Room, RoomRefused } from '../../src/incidents/index.js';

interface Upload {
  channelId: string;
  name: string;
  title: string;
  text: string;
  comment: string;
}

/** Channels of incidents in memory, as repeatable as the port asks. */
export class RoomsInMemory extends IncidentRoom {
  readonly created: string[] = [];
  readonly invited = new Map<string, Set<string>>();
  readonly topics = new Map<string, string>();
  readonly pinned = new Set<string>();
  readonly uploads: Upload[] = [];
  /** When set, Slack refuses to make channels. */
  refusing = false;
  /** Called before each answer, to fail at a chosen moment. */
  before: (method: string) => void = () => undefined;
  /** Called after each effect, to lose the answer. */
  after: (method: string) => void = () => undefined;

  async create(name: string): Promise<Room> {
    this.before('create');
    if (this.refusing) throw new RoomRefused('Slack does not let the app make channels.');
    const room = { channelId: `C-${name}`, name, own: true };
    if (!this.created.includes(name)) this.created.push(name);
    this.after('create');
    return room;
  }

  async fallback(): Promise<Room> {
    return { channelId: 'incidents', name: 'incidents', own: false };
  }

  async invite(channelId: string, personIds: readonly string[]): Promise<{ missing: readonly string[] }> {
    this.before('invite');
    this.invited.set(channelId, new Set([...(this.invited.get(channelId) ?? []), ...personIds]));
    this.after('invite');
    return { missing: [] };
  }

  async setTopic(channelId: string, topic: string): Promise<void> {
    this.before('setTopic');
    this.topics.set(channelId, topic);
    this.after('setTopic');
  }

  async pinCard(incidentId: string): Promise<void> {
    this.before('pinCard');
    this.pinned.add(incidentId);
    this.after('pinCard');
  }

  async upload(file: Upload): Promise<void> {
    this.before('upload');
    if (!this.uploads.some(({ name }) => name === file.name)) this.uploads.push(file);
    this.after('upload');
  }
}
