import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One real PostgreSQL for all test files of this run (see builders/database.ts for a database of one's own in it).
 * QM_TEST_DATABASE_SERVER names a running server to use instead, as postgres://user:password@host:port.
 */
export default async function setUp() {
  if (process.env.QM_TEST_DATABASE_SERVER) return;
  const { EmbeddedServer } = await import('../dist/src/platform/database/index.js').catch((cause) => {
    throw new Error('The tests start PostgreSQL with the built product: run `npm run build` first.', { cause });
  });
  const folder = await mkdtemp(join(tmpdir(), 'quartermaster-test-'));
  // Started as root, PostgreSQL runs as another user, who must be able to get here.
  await chmod(folder, 0o755);
  const server = await EmbeddedServer.start({ folder, port: 0, unsafeFast: true });
  process.env.QM_TEST_DATABASE_SERVER = server.baseUrl;
  globalThis.quartermasterTestServer = { server, folder };
}
