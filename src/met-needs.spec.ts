import { parseEnv } from './config/index.js';
import { metNeeds } from './met-needs.js';

it('tells what catalog items may need out of what is configured', () => {
  const none = metNeeds(parseEnv({}), () => null);
  expect((['kubernetes', 'feature-flags', 'prometheus', 'git', 'pg-dump', 'vault', 'helm'] as const).map(none)).toEqual(
    Array(7).fill(false),
  );
  const some = metNeeds(
    parseEnv({ KUBERNETES_CLUSTERS: 'here=in-cluster', FEATURE_FLAGS_DIR: 'flags', HTTP_ALLOWED_HOSTS: 'metrics' }),
    (program) => (program === 'pg_restore' ? null : `/usr/bin/${program}`),
  );
  expect((['kubernetes', 'feature-flags', 'prometheus', 'git'] as const).map(some)).toEqual(Array(4).fill(true));
  expect(some('pg-dump')).toBe(false);
});
