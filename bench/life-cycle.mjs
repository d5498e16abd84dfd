import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { freePort, untilReady } from './stage.mjs';

/** Cold start (empty data folder: initdb, migrations, catalog, playground), warm start, memory at rest. All embedded, as `npm start`. */
export async function measureLifeCycle(stage) {
  const cold = await startOnce(stage, 'life');
  const warm = await startOnce(stage, 'life');
  return {
    coldStartMs: cold.readyMs,
    warmStartMs: warm.readyMs,
    restingMemoryMiB: warm.memoryMiB,
    table: [
      `cold start to ready      ${(cold.readyMs / 1000).toFixed(2)} s   (first start ever: database made, migrated, catalog loaded)`,
      `warm start to ready      ${(warm.readyMs / 1000).toFixed(2)} s`,
      `memory at rest (RSS)     ${warm.memoryMiB.toFixed(0)} MiB   (bot and playground in one process, 5 s after ready; PostgreSQL not counted)`,
    ],
  };
}

async function startOnce(stage, name) {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    cwd: new URL('..', import.meta.url).pathname,
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      PLAYGROUND_PORT: '0',
      EMBEDDED_POSTGRES_PORT: '0',
      DATA_DIR: join(stage.folder, name),
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await untilReady(`http://127.0.0.1:${port}`, child);
    const readyMs = performance.now() - begun;
    await new Promise((wake) => setTimeout(wake, 5_000));
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    return { readyMs, memoryMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 };
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
}
