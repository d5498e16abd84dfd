import { randomBytes } from 'node:crypto';
import { AppError } from '../shared/index.js';
import { KeyFileTooOpen, readOrMakeKeyFile } from './key-file.js';

const KEY_BYTES = 32;

class MasterKeyRefused extends AppError {
  readonly code = 'secrets.master_key_refused';
}

/** The local store's master key: given (base64), or from a file with mode 600 that is made at the first start. */
export async function loadMasterKey(source: { base64?: string; file: string }): Promise<Buffer> {
  const text = source.base64 ?? (await keyFromFile(source.file));
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new MasterKeyRefused(
    'The key of the local secret store is not 32 bytes in base64. Nothing was started; mend LOCAL_SECRETS_KEY or its file.',
  );
}

async function keyFromFile(file: string): Promise<string> {
  try {
    return await readOrMakeKeyFile(file, () => `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  } catch (error) {
    if (!(error instanceof KeyFileTooOpen)) throw error;
    throw new MasterKeyRefused(
      `Others can read the key of the local secret store, ${file}. Nothing was started; run: chmod 600 ${file}`,
    );
  }
}
