import { AppError } from '../shared/index.js';

/** `kv:<path>#<version>`: where a value is, never the value. */
export type SecretRef = string;
export type SecretData = Record<string, string>;

export class SecretStoreUnavailable extends AppError {
  readonly code = 'secrets.store_unavailable';
}

export class SecretNotFound extends AppError {
  readonly code = 'secrets.not_found';
}

export class SecretPathRefused extends AppError {
  readonly code = 'secrets.path_refused';
}

export interface StoreHealth {
  ok: boolean;
  detail: string;
}

/** Port: where secrets live. Values pass through memory only between {@link put}, {@link get} and the action that needs them. */
export abstract class SecretStore {
  /** Keeps the data under the path. The same idempotency key answers the first reference, and keeps the first data. */
  abstract put(path: string, data: SecretData, options: { idempotencyKey: string }): Promise<SecretRef>;
  /** @throws SecretNotFound when it was removed or never was. */
  abstract get(ref: SecretRef): Promise<SecretData>;
  /** Removes all versions under the path of the reference. Harmless when it is gone already. */
  abstract remove(ref: SecretRef): Promise<void>;
  abstract health(): Promise<StoreHealth>;
  /** A single-use token with which the person fetches the data from the store itself, or null where the store has no such thing. */
  abstract wrap(ref: SecretRef, ttlSeconds: number): Promise<{ token: string; command: string } | null>;
}

const SEGMENT = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,99}$/;

/** Allow-lists every segment, so that no path reaches another endpoint or another tenant's folder. */
export function checkedPath(path: string): string {
  const segments = path.split('/');
  if (segments.length > 8 || segments.some((segment) => !SEGMENT.test(segment) || segment === '..')) {
    throw new SecretPathRefused('The place for a secret has characters that are not allowed. Nothing was stored.', {
      details: { segments: segments.length },
    });
  }
  return path;
}

export function refOf(path: string, version: number): SecretRef {
  return `kv:${path}#${version}`;
}

export function parseRef(ref: SecretRef): { path: string; version: number } {
  const match = /^kv:([^#]+)#(\d{1,9})$/.exec(ref);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new SecretNotFound('There is no such secret. Ask for the credentials again from the card.');
  return { path: checkedPath(match[1]), version: Number(match[2]) };
}
