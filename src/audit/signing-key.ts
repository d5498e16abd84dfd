import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
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

/** The half of a signing key that anybody may know. Its id says which key it is: two keys never share one. */
export class VerifyingKey {
  readonly id: string;
  readonly pem: string;

  constructor(private readonly key: KeyObject) {
    const der = key.export({ type: 'spki', format: 'der' });
    this.id = createHash('sha256').update(der).digest('hex').slice(0, 16);
    this.pem = key.export({ type: 'spki', format: 'pem' }).toString();
  }

  /** Null when that is no Ed25519 public key in PEM form. */
  static parse(pem: string): VerifyingKey | null {
    try {
      const key = createPublicKey(pem);
      return key.asymmetricKeyType === 'ed25519' ? new VerifyingKey(key) : null;
    } catch {
      return null;
    }
  }

  verify(body: Buffer, signature: string): boolean {
    return verify(null, body, this.key, Buffer.from(signature, 'base64'));
  }
}

/** The Ed25519 key that signs checkpoints. It is never in the database: who can rewrite the tables can't sign. */
export class SigningKey {
  readonly public: VerifyingKey;

  private constructor(
    private readonly privateKey: KeyObject,
    private readonly source: SigningKeySource,
  ) {
    this.public = new VerifyingKey(createPublicKey(privateKey));
  }

  /** The given key, or the one in the key file (mode 600), which is made at the first start. */
  static async load(source: SigningKeySource): Promise<SigningKey> {
    const { pem, file } = source;
    try {
      return SigningKey.parse(pem ?? (await readOrMakeKeyFile(file, freshKey)), source);
    } catch (error) {
      if (!(error instanceof KeyFileTooOpen)) throw error;
      throw new SigningKeyRefused(
        `Others can read the audit signing key ${file}. Nothing was started; run: chmod 600 ${file}`,
      );
    }
  }

  /** As {@link load}, but makes none: what a new key did not sign, it can't verify. */
  static async loadExisting(source: SigningKeySource): Promise<SigningKey> {
    const { pem, file } = source;
    const text = pem ?? (await readFile(file, 'utf8').catch(() => null));
    if (text === null) {
      throw new SigningKeyRefused(
        `There is no audit signing key at ${file}. Nothing was verified; set AUDIT_SIGNING_KEY or DATA_DIR as the bot has them.`,
      );
    }
    return SigningKey.parse(text, source);
  }

  get id(): string {
    return this.public.id;
  }

  /** Where this key came from, read once more: another one is there after a rotation of the key file. */
  reread(): Promise<SigningKey> {
    return SigningKey.loadExisting(this.source);
  }

  sign(body: Buffer): string {
    return sign(null, body, this.privateKey).toString('base64');
  }

  private static parse(pem: string, source: SigningKeySource): SigningKey {
    try {
      const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
      if (key.asymmetricKeyType !== 'ed25519') throw new Error(`the key is of type ${String(key.asymmetricKeyType)}`);
      return new SigningKey(key, source);
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
