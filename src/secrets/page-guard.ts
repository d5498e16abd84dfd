import type { Response } from 'express';

export function addressOf(response: Response): string {
  return response.req.ip ?? '';
}

/** The page is kept by nobody, sends nothing on, loads nothing and runs only its own script. */
export function guard(response: Response, nonce: string): void {
  response.set({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  });
}
