import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Thrown with the file's name, so that the caller can say in its own words what was not started. */
export class KeyFileTooOpen extends Error {}

/**
 * Reads a key that only its owner may read, and makes it if there is none. It appears whole or not at all, whatever dies in
 * between, and two processes that start at a time get the same one.
 * @throws KeyFileTooOpen when group or others have any right to it
 */
export async function readOrMakeKeyFile(file: string, make: () => string): Promise<string> {
  if ((await stat(file).catch(() => null)) === null) await makeKeyFile(file, make());
  if (((await stat(file)).mode & 0o077) !== 0) throw new KeyFileTooOpen(file);
  return readFile(file, 'utf8');
}

async function makeKeyFile(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // Another was faster: theirs it is.
    });
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}
