import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { load, percentiles, signedForm } from './load.mjs';

const COUNT = 20;
const ADA = 'U0ADA0001';

/** From the submission of a development database's plan to "ready", one after the other, beside the bare SQL on the same server. */
export async function measureProvisioning(stage) {
  const database = await stage.freshDatabase();
  const bot = await stage.startBot(database);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const product = [];
  try {
    for (let n = 0; n < COUNT; n += 1) {
      const draft = `drf-bench${String(n).padStart(3, '0')}`;
      const name = `b${randomBytes(4).toString('hex')}`;
      const wish = {
        itemName: 'postgres-database',
        requesterId: ADA,
        environment: 'development',
        reason: 'bench',
        leaseHours: 24,
        parameters: { name, size: 'small', extensions: [] },
      };
      await client.query(
        `insert into request_drafts (id, person_id, item_name, team_id, environment, parameters, reason, lease_hours) values ($1, $2, $3, 'payments', $4, $5, $6, $7)`,
        [draft, ADA, wish.itemName, wish.environment, JSON.stringify(wish.parameters), wish.reason, wish.leaseHours],
      );
      // Never looked at, it is answered with its plan; from then on it may be sent.
      await send(stage, bot, draft, `${n}look`);
      const begun = performance.now();
      await send(stage, bot, draft, `${n}send`);
      for (;;) {
        const { rows } = await client.query('select state from requests where idempotency_key = $1', [draft]);
        if (rows[0]?.state === 'ready') break;
        if (rows[0] === undefined || rows[0].state === 'failed')
          throw new Error(`The request ended as ${rows[0]?.state ?? 'nothing'}.`);
        await new Promise((wake) => setTimeout(wake, 2));
      }
      product.push(performance.now() - begun);
    }
  } finally {
    await client.end();
    await stage.stop(bot.child);
  }
  const bare = await bareSql(stage);
  const [a, b] = [percentiles(product), percentiles(bare)];
  return {
    product: a,
    bare: b,
    table: [
      `submission to ready     p50 ${a.p50Ms.toFixed(0)} ms  p95 ${a.p95Ms.toFixed(0)} ms`,
      `the bare SQL            p50 ${b.p50Ms.toFixed(0)} ms  p95 ${b.p95Ms.toFixed(0)} ms   (role, database, rights, a login)`,
    ],
  };
}

export async function send(stage, bot, draft, turn) {
  const view = {
    id: `V${turn}`,
    type: 'modal',
    blocks: [],
    private_metadata: JSON.stringify({ draft }),
    callback_id: 'request_plan',
    state: { values: {} },
    hash: '1.a',
    team_id: 'T0QMASTER',
    app_id: 'A0QMASTER',
    root_view_id: `V${turn}`,
    previous_view_id: null,
    title: { type: 'plain_text', text: 'x' },
  };
  const payload = JSON.stringify({
    type: 'view_submission',
    team: { id: 'T0QMASTER', domain: 'p' },
    user: { id: ADA, name: 'ada', team_id: 'T0QMASTER' },
    api_app_id: 'A0QMASTER',
    trigger_id: `${turn}.1.2`,
    token: 'x',
    view,
  });
  const makeRequest = () => signedForm(stage.tokens.signingSecret, { payload });
  await load({ url: `${bot.url}/slack/events`, count: 1, concurrency: 1, makeRequest });
}

async function bareSql(stage) {
  const times = [];
  for (let n = 0; n < COUNT; n += 1) {
    const name = `bare_${randomBytes(4).toString('hex')}`;
    const begun = performance.now();
    await stage.sql('postgres', `create role ${name} login connection limit 5 password 'bench-${name}'`);
    await stage.sql('postgres', `create database ${name} owner ${name} connection limit 5`);
    await stage.sql('postgres', `revoke connect, temporary on database ${name} from public`);
    const login = new pg.Client({
      host: '127.0.0.1',
      port: stage.server.port,
      user: name,
      password: `bench-${name}`,
      database: name,
    });
    await login.connect();
    await login.query('select 1');
    await login.end();
    times.push(performance.now() - begun);
  }
  return times;
}
