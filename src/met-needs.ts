import type { Need } from './catalog/index.js';
import type { Env } from './config/index.js';
import { findProgram } from './platform/programs/index.js';

/** What catalog items may need and this environment has. Programs are looked for once, at the start. */
export function metNeeds(env: Env, find: (program: string) => string | null = findProgram): (need: Need) => boolean {
  const hasHosts = env.httpAllowedHosts.length > 0;
  const met: Readonly<Record<Need, boolean>> = {
    kubernetes: Object.keys(env.clusters.contexts).length > 0,
    opentofu: env.opentofuProgram !== undefined,
    helm: env.helmProgram !== undefined,
    git: find('git') !== null,
    github: hasHosts,
    http: hasHosts,
    grafana: hasHosts,
    prometheus: hasHosts,
    'feature-flags': env.featureFlagsDir !== undefined,
    vault: env.secrets.kind === 'vault',
    'pg-dump': find('pg_dump') !== null && find('pg_restore') !== null,
  };
  return (need) => met[need];
}
