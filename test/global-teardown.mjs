import { rm } from 'node:fs/promises';

export default async function tearDown() {
  const started = globalThis.quartermasterTestServer;
  if (started === undefined) return;
  delete process.env.QM_TEST_DATABASE_SERVER;
  delete globalThis.quartermasterTestServer;
  await started.server.stop();
  await rm(started.folder, { recursive: true, force: true });
}
