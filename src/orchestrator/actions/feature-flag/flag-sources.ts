import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Pause, pauseFor } from '../../../platform/http-client/index.js';
import type { JsonObject } from '../../../shared/index.js';
import { ActionFailed, type LookContext } from '../../action.js';
import { server } from '../api/api.js';
import { address } from '../http/http-schemas.js';
import { expected, type HttpTarget } from '../http/http-target.js';
import { documentIn } from './flag-definition.js';

const LOCK_TRIES = 50;
const LOCK_PAUSE_MILLISECONDS = 100;
/** Who holds a lock for longer has died. */
const LOCK_LASTS_MILLISECONDS = 30_000;

export const flagSource = z.union([
  z.strictObject({ file: z.string().regex(/^[a-zA-Z][\w-]{0,60}\.json$/, 'a name like orders.json') }),
  z.strictObject({ server, path: address.shape.path }),
]);

export type FlagSource = z.output<typeof flagSource>;
type Change = (document: JsonObject) => JsonObject;

/** Where documents of flags are: files in one folder, which flagd watches, or URLs that take GET and PUT. */
export class FlagSources {
  constructor(
    private readonly folder: string | undefined,
    private readonly target: HttpTarget,
    private readonly pause: Pause = pauseFor,
  ) {}

  async read(source: FlagSource, context: LookContext): Promise<JsonObject> {
    return 'file' in source ? this.readFile(source.file) : (await this.get(source, context)).document;
  }

  /** Reads, changes and writes with nobody in between. */
  async change(source: FlagSource, change: Change, context: LookContext & { idempotencyKey: string }): Promise<void> {
    if ('file' in source) await this.changeFile(source.file, change, context.signal);
    else await this.put(source, change, context);
  }

  private path(file: string): string {
    if (this.folder === undefined)
      throw new ActionFailed(
        'This installation has no folder of flags. The platform team can set FEATURE_FLAGS_DIR.',
        false,
      );
    return join(this.folder, file);
  }

  private async readFile(file: string): Promise<JsonObject> {
    const path = this.path(file);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      throw new ActionFailed(`There is no file of flags ${file}.`, false, { cause });
    }
    return documentIn(text, file);
  }

  private async changeFile(file: string, change: Change, signal: AbortSignal): Promise<void> {
    const path = this.path(file);
    const lock = `${path}.lock`;
    await this.lock(lock, signal);
    try {
      const changed = change(await this.readFile(file));
      // Whoever watches the file sees the former or the new one, never a part.
      await writeFile(`${path}.new`, `${JSON.stringify(changed, null, 2)}\n`);
      await rename(`${path}.new`, path);
    } finally {
      await rm(lock, { force: true });
    }
  }

  private async lock(lock: string, signal: AbortSignal): Promise<void> {
    for (let tries = 0; tries < LOCK_TRIES; tries += 1) {
      try {
        await (await open(lock, 'wx')).close();
        return;
      } catch (error) {
        if (!isThere(error))
          throw new ActionFailed('The folder of flags can’t be written to.', false, { cause: error });
      }
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > LOCK_LASTS_MILLISECONDS) await rm(lock, { force: true });
      await this.pause(LOCK_PAUSE_MILLISECONDS, signal);
    }
    throw new ActionFailed('Somebody else changes the flags just now.', true);
  }

  private async get(
    source: Extract<FlagSource, { path: unknown }>,
    context: LookContext,
  ): Promise<{ document: JsonObject; etag: string | undefined }> {
    const answer = await this.target.send(at(source), { method: 'GET', attempts: 3 }, context);
    const { body, headers } = expected(answer, null, 'when looking at the flags');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { document: documentIn(text, new URL(source.server.url).host), etag: headers.etag };
  }

  private async put(
    source: Extract<FlagSource, { path: unknown }>,
    change: Change,
    context: LookContext & { idempotencyKey: string },
  ): Promise<void> {
    const { document, etag } = await this.get(source, context);
    const content = { json: change(document), bodySecrets: {} };
    const to = at(source, etag === undefined ? {} : { 'If-Match': etag });
    const { idempotencyKey } = context;
    const answer = await this.target.send(to, { method: 'PUT', content, attempts: 4, idempotencyKey }, context);
    if (answer.status === 409 || answer.status === 412)
      throw new ActionFailed('Somebody else changed the flags in the same moment.', true);
    expected(answer, null, 'to change the flags');
  }
}

function at({ server: to, path }: Extract<FlagSource, { path: unknown }>, headers: Record<string, string> = {}) {
  const token = to.token === undefined ? {} : { Authorization: { ...to.token, prefix: `${to.scheme} ` } };
  return address.parse({ url: to.url, path, headers, secretHeaders: token });
}

function isThere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}
