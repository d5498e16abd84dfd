import { z } from 'zod';
import { SecretStoreUnavailable } from './secret-store.js';

/** What Vault said, without what we said: no token, no body, no headers. */
export class VaultRefused extends Error {
  constructor(
    readonly status: number,
    /** Of a deleted KV version: which one it was. The next check-and-set starts from it. */
    readonly deletedVersion: number | null = null,
  ) {
    super(`Vault answered ${status}`);
    this.name = 'VaultRefused';
  }
}

const refusal = z.object({ response: z.object({ statusCode: z.number(), body: z.unknown() }) });
const deleted = z.object({ data: z.object({ metadata: z.object({ version: z.number() }) }) });

/** Keeps the status or the code of a failure. The original is dropped: its inspection shows token, headers and body. */
export function cleaned(error: unknown): Error {
  const parsed = refusal.safeParse(error);
  if (!parsed.success) return unavailable(codeOfFailure(error));
  const { statusCode, body } = parsed.data.response;
  const metadata = deleted.safeParse(body);
  return new VaultRefused(statusCode, metadata.success ? metadata.data.data.metadata.version : null);
}

/** For the caller: a sentence that says what to do about it. */
export function explained(error: unknown): unknown {
  if (!(error instanceof VaultRefused)) return error;
  return new SecretStoreUnavailable(sentence(error.status), { details: { status: error.status } });
}

export function unavailable(code: string): SecretStoreUnavailable {
  return new SecretStoreUnavailable(
    'The secret store (Vault) doesn’t answer just now. Nothing was lost; this will be tried again.',
    { details: { code } },
  );
}

function sentence(status: number): string {
  if (status === 503)
    return 'The secret store (Vault) is sealed. Nothing was lost; this goes on when the platform team has unsealed it.';
  if (status === 403)
    return 'The secret store (Vault) doesn’t let Quartermaster in. Nothing was changed; the platform team has to look at its login and policy.';
  if (status >= 300 && status < 400)
    return 'The secret store (Vault) points to another address. Nothing was sent there; the platform team has to set VAULT_ADDR to the active server.';
  return `The secret store (Vault) refused with ${status}. Nothing was changed; tell the platform team.`;
}

/** `ECONNREFUSED`, `TimeoutError` …: `fetch` hides the reason one level down. */
function codeOfFailure(error: unknown): string {
  const { code, name, cause } = (error ?? {}) as { code?: unknown; name?: unknown; cause?: unknown };
  if (typeof cause === 'object' && cause !== null) return codeOfFailure(cause);
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'unknown';
}
