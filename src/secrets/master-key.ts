import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../shared/index.js';

const KEY_BYTES = 32;

export class MasterKeyRefused extends AppError {
  readonly code = 'secrets.master_key_refused';
}

/** The local store's master key: given (base64), or from a file with mode 600 that is made at the first start. */
export async function loadMasterKey(source: { base64?: string; file: string }): Promise<Buffer> {
  const text = source.base64 ?? (await keyFile(source.file));
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new MasterKeyRefused(
    'The key of the local secret store is not 32 bytes in base64. Nothing was started; mend LOCAL_SECRETS_KEY or its file.',
  );
}

async function keyFile(file: string): Promise<string> {
  const info = await stat(file).catch(() => null);
  if (info === null) {
    const key = randomBytes(KEY_BYTES).toString('base64');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    return key;
  }
  if ((info.mode & 0o077) !== 0)
    throw new MasterKeyRefused(
      `Others can read the key of the local secret store, ${file}. Nothing was started; run: chmod 600 ${file}`,
    );
  return readFile(file, 'utf8');
}
