import { join } from 'node:path';
import { GuardedHttp } from '../../platform/http-client/index.js';
import { OpaBundles } from './opa-bundles.js';
import { OpaDecisions } from './opa-decisions.js';
import { OpaServer } from './opa-server.js';

export interface OpaOptions {
  readonly catalogDir: string;
  /** Servers that may be asked, as in `HTTP_ALLOWED_HOSTS`. */
  readonly httpAllow: readonly string[];
  /** Sent to OPA servers as a bearer token. */
  readonly opaToken?: string;
}

/** Bundles are in `policies/opa` of the catalog folder. */
export function connectOpa({ catalogDir, httpAllow, opaToken }: OpaOptions): OpaDecisions {
  const http = new GuardedHttp(httpAllow);
  return new OpaDecisions(new OpaServer(http, opaToken), new OpaBundles(join(catalogDir, 'policies', 'opa')), () =>
    http.close(),
  );
}
