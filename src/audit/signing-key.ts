import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { KeyFileTooOpen, readOrMakeKeyFile } from '../secrets/index.js';
import { AppError } from '../shared/index.js';

class SigningKeyRefused extends AppError {
  readonly code = 'audit.signing_key_refused';
}

export interface SigningKeySource {
  /** PEM, of AUDIT_SIGNING_KEY. Line breaks may be written `\n`. */
  pem?: string;
  file: string;
}

/** The Ed25519 key that signs checkpoints. It is never in the database: who can rewrite the tables can't sign. */
export class SigningKey {
  private readonly publicKey: KeyObject;

  private constructor(private readonly privateKey: KeyObject) {
    this.publicKey = createPublicKey(privateKey);
  }

  /** The given key, or the one in the key file (mode 600), which is made at the first start. */
  static async load({ pem, file }: SigningKeySource): Promise<SigningKey> {
    try {
      return SigningKey.parse(pem ?? (await readOrMakeKeyFile(file, freshKey)));
    } catch (error) {
      if (!(error instanceof KeyFileTooOpen)) throw error;
      throw new SigningKeyRefused(
        `Others can read the audit signing key ${file}. Nothing was started; run: chmod 600 ${file}`,
      );
    }
  }

  /** As {@link load}, but makes none: what a new key did not sign, it can't verify. */
  static async loadExisting({ pem, file }: SigningKeySource): Promise<SigningKey> {
    const text = pem ?? (await readFile(file, 'utf8').catch(() => null));
    if (text === null) {
      throw new SigningKeyRefused(
        `There is no audit signing key at ${file}. Nothing was verified; set AUDIT_SIGNING_KEY or DATA_DIR as the bot has them.`,
      );
    }
    return SigningKey.parse(text);
  }

  sign(body: Buffer): string {
    return sign(null, body, this.privateKey).toString('base64');
  }

  verify(body: Buffer, signature: string): boolean {
    return verify(null, body, this.publicKey, Buffer.from(signature, 'base64'));
  }

  private static parse(pem: string): SigningKey {
    try {
      const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
      if (key.asymmetricKeyType !== 'ed25519') throw new Error(`the key is of type ${String(key.asymmetricKeyType)}`);
      return new SigningKey(key);
    } catch {
      // The cause may quote the key.
      throw new SigningKeyRefused(
        'The key that signs audit checkpoints is not an Ed25519 private key in PEM form. Nothing was started; mend AUDIT_SIGNING_KEY or its file.',
      );
    }
  }
}

function freshKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
