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

export class RandomIds extends Ids {
  next(prefix: IdPrefix): string {
    const letters = Array.from(randomBytes(ID_LENGTH), (byte) => CROCKFORD[byte % 32] ?? '0');
    return `${prefix}-${letters.join('')}`;
  }

  token(bytes = 32): string {
    return randomBytes(bytes).toString('base64url');
  }
}

/** Matches what {@link RandomIds.next} makes, for parsing what people type and what buttons carry. */
export const ID_PATTERN = /^[a-z]{3}-[0-9a-hjkmnp-tv-z]{8}$/;
