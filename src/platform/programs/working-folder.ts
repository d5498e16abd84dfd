import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives work an empty folder that only we can enter, and removes it with all that is in it. */
export async function inWorkingFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'quartermaster-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const PATH = ['/usr/local/bin', '/usr/bin', '/bin'];

/** The whole path of a program that comes with the machine, or null. */
export function findProgram(name: string, folders: readonly string[] = [...PATH, '/opt/homebrew/bin']): string | null {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Perhaps in the next one.
    }
  }
  return null;
}

/** What every program sees of the world: where to find others, and its own folder as home. */
export function cleanEnvironment(folder: string): Record<string, string> {
  return {
    PATH: PATH.join(':'),
    HOME: folder,
    TMPDIR: folder,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  };
}
