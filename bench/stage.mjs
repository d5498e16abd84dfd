import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';

const root = new URL('..', import.meta.url).pathname;

/** What all benchmarks share: a PostgreSQL with its safety on (fsync as in production), a playground, and ways to start processes. */
export async function openStage(folder) {
  const { EmbeddedServer } = await import('../dist/src/platform/database/index.js').catch((cause) => {
    throw new Error('The benchmarks run the built product: run `npm run build` first.', { cause });
  });
  const { startPlayground } = await import('../dist/src/playground/index.js');
  const server = await EmbeddedServer.start({ folder: join(folder, 'postgres'), port: 0 });
  const tokens = { botToken: 'xoxb-bench', appToken: 'xapp-bench', signingSecret: randomBytes(16).toString('hex') };
  const playground = await startPlayground({
    environment: 'test',
    host: '127.0.0.1',
    port: 0,
    app: { ...tokens, commands: [{ command: '/qm', usageHint: '', description: '' }], shortcuts: [] },
    delivery: { mode: 'http', requestUrl: 'http://127.0.0.1:1/slack/events' },
  });
  const catalogDir = await roomyCatalog(folder);
  const children = new Set();
  let databases = 0;

  const stage = {
    folder,
    server,
    playground,
    tokens,
    async sql(database, text, values) {
      const client = new pg.Client({ connectionString: server.url(database) });
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    async freshDatabase() {
      const name = `bench_${(databases += 1)}`;
      await stage.sql('postgres', `create database ${name}`);
      return { name, url: server.url(name) };
    },
    /** Starts a script and answers once it printed a line of JSON, or once `ready` is satisfied. */
    async spawnScript(script, env) {
      const child = spawn(process.execPath, [join(root, script)], {
        cwd: root,
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.add(child);
      child.once('exit', () => children.delete(child));
      const line = await firstJsonLine(child);
      return { child, said: line };
    },
    /** The bot, as in production but for the workspace: its own process, signed HTTP, JSON logs at warn. */
    async startBot(database, overrides = {}) {
      const port = await freePort();
      const child = spawn(process.execPath, [join(root, 'dist/src/main.js')], {
        cwd: root,
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'test',
          PORT: String(port),
          DATA_DIR: join(folder, 'data'),
          CATALOG_DIR: catalogDir,
          LOG_LEVEL: 'warn',
          LOG_FORMAT: 'json',
          DATABASE_URL: database.url,
          PROVISION_POSTGRES_URL: server.url('postgres'),
          SLACK_BOT_TOKEN: tokens.botToken,
          SLACK_SIGNING_SECRET: tokens.signingSecret,
          SLACK_API_URL: playground.apiUrl,
          ...overrides,
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      children.add(child);
      child.once('exit', () => children.delete(child));
      const url = `http://127.0.0.1:${port}`;
      await untilReady(url, child);
      playground.setRequestUrl(`${url}/slack/events`);
      return { child, url, port };
    },
    async stop(child) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
    async close() {
      for (const child of children) await stage.stop(child);
      await playground.stop();
      await server.stop();
    },
  };
  return stage;
}

export async function untilReady(url, child) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The process ended with code ${child.exitCode} before it was ready.`);
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

export async function freePort() {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function firstJsonLine(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) return JSON.parse(line);
  }
  throw new Error('The process ended without a line of JSON.');
}

/** The shipped catalog with quotas and budgets that no benchmark reaches: they are looked at and taken, but never in the way. */
async function roomyCatalog(folder) {
  const catalogDir = join(folder, 'catalog');
  await cp(join(root, 'catalog'), catalogDir, { recursive: true });
  const units = ['databases', 'connections', 'runs'].map((id) => `  - { id: ${id}, title: ${id}, limit: 1000000 }`);
  await writeFile(
    join(catalogDir, 'quotas.yaml'),
    `version: 1.0.0\nunits:\n${units.join('\n')}\nbudgets: [{ monthly: 1000000 }]\n`,
  );
  return catalogDir;
}
