import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { load, signedForm } from './load.mjs';

const COUNT = 1_500;
/** More, as they are quick: with fewer one pause of the garbage collector would be the slowest hundredth. */
const HELP_COUNT = 8_000;
const CONCURRENCY = 16;
const ROUNDS = 3;
const ADA = 'U0ADA0001';
const TEAM = 'T0QMASTER';

/**
 * From the first byte of a signed delivery to the last of its answer, 16 at once, beside a bare Bolt app with empty handlers, in
 * alternating rounds of the same run. The submission is durable: request, resource, approval, workflow, audit in one transaction.
 */
export async function measureAcknowledgement(stage) {
  const database = await stage.freshDatabase();
  const bot = await stage.startBot(database);
  const bare = await stage.spawnScript('bench/bare-bolt.mjs', { SLACK_SIGNING_SECRET: stage.tokens.signingSecret });
  const urls = { bot: `${bot.url}/slack/events`, bare: `http://127.0.0.1:${bare.said.port}/slack/events` };
  const results = {};
  try {
    results.help = await compare(stage, urls, async () => () => helpFields(), HELP_COUNT);
    results.submission = await compare(stage, urls, async (who, count) => {
      const drafts =
        who === 'bot'
          ? await insertDrafts(stage, urls.bot, database.url, count)
          : Array.from({ length: count }, () => id('drf'));
      return (n) => submissionFields(drafts[n]);
    });
    results.submission.opening = await allOpened(stage, database.name, ROUNDS * COUNT + 300);
  } finally {
    await stage.stop(bot.child);
    await stage.stop(bare.child);
  }
  return { ...results, table: table(results) };
}

async function compare(stage, urls, prepare, each = COUNT) {
  const rounds = { bot: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const who of ['bare', 'bot']) {
      const count = round === 0 ? 300 : each;
      const fields = await prepare(who, count);
      const result = await load({
        url: urls[who],
        count,
        concurrency: CONCURRENCY,
        makeRequest: (n) => signedForm(stage.tokens.signingSecret, fields(n)),
      });
      // The first round warms both up.
      if (round > 0) rounds[who].push(result);
    }
  }
  const [bot, bare] = [median(rounds.bot), median(rounds.bare)];
  return { bot, bare, throughputRatio: bot.perSecond / bare.perSecond, p99Ratio: bot.p99Ms / bare.p99Ms, rounds };
}

/**
 * An answer that says no is 200 as well: only what is in the database was submitted. What came faster than it could be opened was
 * written down before its answer, and is opened in order: all of it must end as a request.
 */
async function allOpened(stage, database, expected) {
  const counts = async () =>
    (
      await stage.sql(
        database,
        'select (select count(*)::int from requests) as opened, (select count(*)::int from sent_plans) as waiting',
      )
    )[0];
  const first = await counts();
  if (first.opened + first.waiting < expected)
    throw new Error(`Only ${first.opened + first.waiting} of ${expected} submissions were kept.`);
  const begun = performance.now();
  for (;;) {
    const { opened, waiting } = await counts();
    const seconds = (performance.now() - begun) / 1000;
    if (opened === expected)
      return { waitedInLine: first.waiting, seconds, perSecond: (opened - first.opened) / seconds };
    if (waiting === 0) throw new Error(`Only ${opened} of ${expected} submissions were opened.`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

function median(rounds) {
  return [...rounds].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(rounds.length / 2)];
}

function helpFields() {
  return {
    command: '/qm',
    text: 'help',
    team_id: TEAM,
    team_domain: 'playground',
    channel_id: 'C0GENERAL',
    channel_name: 'general',
    user_id: ADA,
    user_name: 'ada',
    api_app_id: 'A0QMASTER',
    trigger_id: `${randomBytes(6).toString('hex')}.1.2`,
    response_url: 'http://127.0.0.1:1/response',
    is_enterprise_install: 'false',
  };
}

function submissionFields(draft) {
  const view = {
    id: `V${randomBytes(8).toString('hex').toUpperCase()}`,
    team_id: TEAM,
    type: 'modal',
    blocks: [],
    private_metadata: JSON.stringify({ draft }),
    callback_id: 'request_plan',
    state: { values: {} },
    hash: '1.a',
    title: { type: 'plain_text', text: 'The plan' },
    clear_on_close: false,
    notify_on_close: false,
    close: null,
    submit: null,
    previous_view_id: null,
    root_view_id: 'V1',
    app_id: 'A0QMASTER',
    external_id: '',
    app_installed_team_id: TEAM,
    bot_id: 'B0QMASTER',
  };
  const payload = {
    type: 'view_submission',
    team: { id: TEAM, domain: 'playground' },
    user: { id: ADA, username: 'ada', name: 'ada', team_id: TEAM },
    api_app_id: 'A0QMASTER',
    token: 'x',
    trigger_id: `${randomBytes(6).toString('hex')}.1.2`,
    view,
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  };
  return { payload: JSON.stringify(payload) };
}

/** Drafts as the form leaves them. Production, so that each waits for its approval and no run competes with the measurement. */
async function insertDrafts(stage, botUrl, url, count) {
  const ids = Array.from({ length: count }, () => id('drf'));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // Each round begins with an empty line.
  while ((await client.query('select 1 from sent_plans limit 1')).rowCount > 0)
    await new Promise((wake) => setTimeout(wake, 100));
  const wish = {
    itemName: 'demo-service',
    requesterId: ADA,
    environment: 'production',
    reason: 'bench',
    leaseHours: 4,
    parameters: { name: 'bench', ticks: 1, flakiness: 0, failAtEnd: false },
  };
  await client.query(
    `insert into request_drafts (id, person_id, item_name, team_id, environment, parameters, reason, lease_hours)
     select unnest($1::text[]), $2, $3, 'payments', $4, $5, $6, $7`,
    [ids, ADA, wish.itemName, wish.environment, JSON.stringify(wish.parameters), wish.reason, wish.leaseHours],
  );
  // What was never looked at is answered with its plan; from then on it may be sent, and so may all that are like it.
  await load({
    url: botUrl,
    count: 1,
    concurrency: 1,
    makeRequest: () => signedForm(stage.tokens.signingSecret, submissionFields(ids[0])),
  });
  await client.query(
    'update request_drafts set plan_digest = (select plan_digest from request_drafts where id = $1) where id = any($2)',
    [ids[0], ids],
  );
  await client.end();
  return ids;
}

function id(prefix) {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz';
  return `${prefix}-${Array.from(randomBytes(8), (byte) => letters[byte % 32]).join('')}`;
}

function table({ help, submission }) {
  const row = (name, r, goal) =>
    `${name.padEnd(22)} ${r.bot.perSecond.toFixed(0).padStart(6)}/s  p50 ${r.bot.p50Ms.toFixed(1)} ms  p99 ${r.bot.p99Ms.toFixed(1)} ms   bare ${r.bare.perSecond.toFixed(0)}/s  p99 ${r.bare.p99Ms.toFixed(1)} ms   ${r.throughputRatio.toFixed(2)} of its throughput, ${r.p99Ratio.toFixed(2)} × its p99   (goal ${goal})`;
  return [
    row('/qm help', help, '≥ 0.7, ≤ 2 ×'),
    row('durable submission', submission, '≥ 0.5'),
    `  of these ${submission.opening.waitedInLine} still waited in line at the end; opened at ${submission.opening.perSecond.toFixed(0)}/s`,
  ];
}
