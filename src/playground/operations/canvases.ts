import type { CanvasRecord, CanvasSection, ChannelRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';

const MAX_CHARACTERS = 1_048_576;

export interface CanvasDraft {
  title: string;
  markdown: string;
  channelId: string | null;
}

/** A canvas is made of sections: what stands between empty lines. */
export function sectionsOf(world: World, markdown: string): CanvasSection[] {
  if (markdown.length > MAX_CHARACTERS) throw new Refusal('canvas_creation_failed');
  return markdown
    .split(/\n{2,}/u)
    .filter((part) => part.trim() !== '')
    .map((part) => ({ id: `temp:C:${world.workspace.nextId('Sec')}`, markdown: part }));
}

export const markdownOf = (canvas: CanvasRecord): string =>
  canvas.sections.map(({ markdown }) => markdown).join('\n\n');

export function createCanvas(world: World, user: string, { title, markdown, channelId }: CanvasDraft): CanvasRecord {
  const canvas: CanvasRecord = {
    id: world.workspace.nextId('F'),
    title: title === '' ? 'Untitled' : title,
    user,
    created: world.workspace.seconds(),
    sections: sectionsOf(world, markdown),
    channelId,
    access: {},
  };
  world.workspace.canvases.set(canvas.id, canvas);
  tell(world, canvas);
  return canvas;
}

/** The canvas, if this person or bot may read it. */
export function canvasFor(world: World, user: string, id: string): CanvasRecord {
  const canvas = world.workspace.canvases.get(id);
  if (canvas === undefined) throw new Refusal('canvas_not_found');
  const channels = channelsOf(world, canvas);
  const isIn = channels.some((channel) => channel.memberIds.includes(user));
  if (canvas.user !== user && !isIn && !(user in canvas.access)) throw new Refusal('canvas_not_found');
  return canvas;
}

/** Where people find it: its own channel, and those it is shared with. */
export function channelsOf(world: World, canvas: CanvasRecord): ChannelRecord[] {
  return [...new Set([canvas.channelId ?? '', ...Object.keys(canvas.access)])].flatMap(
    (id) => world.workspace.channels.get(id) ?? [],
  );
}

export function removeCanvas(world: World, canvas: CanvasRecord): void {
  const channels = channelsOf(world, canvas);
  world.workspace.canvases.delete(canvas.id);
  for (const channel of channels) announce(world, { kind: 'channel', channel });
}

export function tell(world: World, canvas: CanvasRecord): void {
  for (const channel of channelsOf(world, canvas)) announce(world, { kind: 'channel', channel });
}
