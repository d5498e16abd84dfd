import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../shared/index.js';

export class SigningKeyRefused extends AppError {
  readonly code = 'audit.signing_key_refused';
}

/** The Ed25519 key that signs checkpoints. It is never in the database: who can rewrite the tables can't sign. */
export class SigningKey {
  private constructor(private readonly key: KeyObject) {}

  /** From AUDIT_SIGNING_KEY (PEM), or from a key file with mode 600 that is made at the first start. */
  static async load(source: { pem?: string; file: string }): Promise<SigningKey> {
    const pem = source.pem ?? (await keyFile(source.file));
    try {
      const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
      if (key.asymmetricKeyType !== 'ed25519') throw new Error(`the key is of type ${String(key.asymmetricKeyType)}`);
      return new SigningKey(key);
    } catch (error) {
      throw new SigningKeyRefused(
        'The key that signs audit checkpoints is not an Ed25519 private key in PEM form. Nothing was started; mend AUDIT_SIGNING_KEY or its file.',
        { cause: error },
      );
    }
  }

  sign(body: Buffer): string {
    return sign(null, body, this.key).toString('base64');
  }

  verify(body: Buffer, signature: string): boolean {
    return verify(null, body, createPublicKey(this.key), Buffer.from(signature, 'base64'));
  }
}

async function keyFile(file: string): Promise<string> {
  const info = await stat(file).catch(() => null);
  if (info === null) {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, pem, { mode: 0o600, flag: 'wx' });
    return pem;
  }
  if ((info.mode & 0o077) !== 0) {
    throw new SigningKeyRefused(
      `Others can read the audit signing key ${file}. Nothing was started; run: chmod 600 ${file}`,
    );
  }
  return readFile(file, 'utf8');
}
