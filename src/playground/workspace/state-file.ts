import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { WorkspaceData } from './records.js';
import type { Workspace } from './workspace.js';

const VERSION = 1;
/** Long enough to gather a burst of messages, short enough that a killed process loses next to nothing. */
const DEBOUNCE_MS = 200;

const fileShape = z.object({
  version: z.literal(VERSION),
  data: z.looseObject({
    team: z.object({ id: z.string() }),
    users: z.array(z.object({ id: z.string() })),
    channels: z.array(z.object({ id: z.string() })),
    messages: z.array(z.object({ ts: z.string(), channel: z.string() })),
  }),
});

/** Keeps the workspace in one JSON file, replaced as a whole, so that a reader never sees half of it. */
export class StateFile {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly path: string,
    private readonly workspace: Workspace,
  ) {}

  /** Loads what is there. A file that is missing leaves the seed; one that cannot be read is set aside, not overwritten. */
  load(): void {
    if (!existsSync(this.path)) return;
    const text = readFileSync(this.path, 'utf8');
    try {
      const parsed: unknown = JSON.parse(text);
      fileShape.parse(parsed);
      this.workspace.load((parsed as { data: WorkspaceData }).data);
    } catch {
      renameSync(this.path, `${this.path}.unreadable`);
    }
  }

  /** Writes soon; many calls in a row make one write. */
  saveSoon(): void {
    this.timer ??= setTimeout(() => {
      this.saveNow();
    }, DEBOUNCE_MS).unref();
  }

  saveNow(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    mkdirSync(dirname(this.path), { recursive: true });
    const draft = `${this.path}.${process.pid}.tmp`;
    writeFileSync(draft, JSON.stringify({ version: VERSION, data: this.workspace.dump() }), { mode: 0o600 });
    renameSync(draft, this.path);
  }
}
