import { randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 8;

export type IdPrefix =
  | 'req'
  | 'apr'
  | 'run'
  | 'res'
  | 'inc'
  | 'ntc'
  | 'del'
  | 'int'
  | 'drf'
  | 'trc'
  | 'evt'
  | 'crd'
  | 'pbk'
  | 'que'
  | 'exc'
  | 'abs'
  | 'sta'
  | 'cfm'
  | 'blk'
  | 'tra'
  | 'opn'
  | 'flt';

/** Makes ids a person can read aloud and type: `req-7k3m9q2x`, 40 random bits behind a prefix; tables keep them unique. */
export abstract class Ids {
  abstract next(prefix: IdPrefix): string;
  /** An unguessable token, base64url. 32 bytes unless told. */
  abstract token(bytes?: number): string;
}

/** Asked for in one go: each time costs more than the bytes. */
const POOL_BYTES = 4_096;

export class RandomIds extends Ids {
  private pool = Buffer.alloc(0);

  next(prefix: IdPrefix): string {
    if (this.pool.length < ID_LENGTH) this.pool = randomBytes(POOL_BYTES);
    let id = `${prefix}-`;
    for (const byte of this.pool.subarray(0, ID_LENGTH)) id += CROCKFORD[byte % 32] ?? '0';
    this.pool = this.pool.subarray(ID_LENGTH);
    return id;
  }

  token(bytes = 32): string {
    return randomBytes(bytes).toString('base64url');
  }
}

/** Matches what {@link RandomIds.next} makes, for parsing what people type and what buttons carry. */
export const ID_PATTERN = /^[a-z]{3}-[0-9a-hjkmnp-tv-z]{8}$/;
