import { AppError } from '../shared/index.js';
import type { Room } from './incident.js';

/** Slack answered, and the answer is no: trying again would not help. */
export class RoomRefused extends AppError {
  readonly code = 'incidents.room_refused';
}

/**
 * Port, bound in slack/incidents: the channel in which an incident is worked on. Every method may be repeated without
 * harm. A {@link RoomRefused} is final; anything else thrown is tried again.
 */
export abstract class IncidentRoom {
  /** Makes the channel; one of that name that the bot made itself is adopted. @throws RoomRefused */
  abstract create(name: string): Promise<Room>;

  /** The incidents channel, for when no channel can be made. Never throws. */
  abstract fallback(): Promise<Room>;

  /** Answers who could not be invited. People who are in already count as invited. */
  abstract invite(channelId: string, personIds: readonly string[]): Promise<{ missing: readonly string[] }>;

  /** @throws RoomRefused */
  abstract setTopic(channelId: string, topic: string): Promise<void>;

  /** Pins the incident's card, posting it first if that has not happened yet. @throws RoomRefused */
  abstract pinCard(incidentId: string): Promise<void>;

  /** Uploads a text file once: one of the same name in the channel's recent messages is left as it is. @throws RoomRefused */
  abstract upload(file: {
    channelId: string;
    name: string;
    title: string;
    text: string;
    comment: string;
  }): Promise<void>;
}
