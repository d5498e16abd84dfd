import { randomBytes } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { load, signedForm } from './load.mjs';

const OPTIONS = 10_000;
const COUNT = 1_500;
/** People who type at the same moment. */
const CONCURRENCY = 4;
const ADA = 'U0ADA0001';
const TEAM = 'T0QMASTER';
const WORDS =
  'amber birch cedar delta ember fjord grove heath islet juniper kestrel linden meadow north orchard poplar'.split(' ');
/** As people type: nothing yet, a beginning, a word from the middle, a slip of the fingers, something that is not there. */
const TYPED = ['', 'a', 'ceda', 'heath/', 'grove-77', 'keselrt', 'north 12', 'zzzzzz', 'linden-9', 'mea'];

/**
 * From the first byte of a signed question for options to the last of its answer, of a source with 10,000 options: an enumeration of
 * the file, and a server over HTTP. The first answer loads; all others come from what is known.
 */
export async function measureOptions(stage) {
  const names = Array.from({ length: OPTIONS }, (_, n) => `${WORDS[n % 16]}/${WORDS[(n >> 4) % 16]}-${n}`);
  const server = createServer((_request, response) => response.end(JSON.stringify(names)));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const source = `http://127.0.0.1:${server.address().port}`;
  const catalogDir = join(stage.folder, 'catalog-with-options');
  await cp(new URL('../catalog', import.meta.url).pathname, catalogDir, { recursive: true });
  await writeFile(join(catalogDir, 'items/many-options.yaml'), item(names, source));
  const database = await stage.freshDatabase();
  const bot = await stage.startBot(database, { CATALOG_DIR: catalogDir, HTTP_ALLOWED_HOSTS: source });
  try {
    const draft = await insertDraft(stage, database.name);
    const results = {};
    for (const field of ['listed', 'served']) {
      const request = (text) => signedForm(stage.tokens.signingSecret, suggestion(draft, field, text));
      const first = await load({ ...to(bot), count: 1, concurrency: 1, makeRequest: () => request('') });
      await assertOffers(bot, request('heath/'));
      await load({ ...to(bot), count: 200, concurrency: CONCURRENCY, makeRequest: (n) => request(TYPED[n % 10]) });
      const known = await load({
        ...to(bot),
        count: COUNT,
        concurrency: CONCURRENCY,
        makeRequest: (n) => request(TYPED[n % TYPED.length]),
      });
      results[field] = { firstMs: first.maxMs, ...known };
    }
    return { ...results, table: [row('enumeration', results.listed), row('HTTP server', results.served)] };
  } finally {
    await stage.stop(bot.child);
    await new Promise((resolve) => server.close(resolve));
  }
}

/** An empty answer would be quick as well. */
async function assertOffers(bot, { body, headers }) {
  const answer = await fetch(to(bot).url, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!text.includes('heath/')) throw new Error(`No options were offered: ${answer.status} ${text.slice(0, 300)}`);
}

const to = (bot) => ({ url: `${bot.url}/slack/events` });

function suggestion(draft, field, text) {
  const payload = {
    type: 'block_suggestion',
    team: { id: TEAM, domain: 'playground' },
    user: { id: ADA, username: 'ada', name: 'ada', team_id: TEAM },
    api_app_id: 'A0QMASTER',
    token: 'x',
    container: { type: 'view', view_id: 'V1' },
    action_id: 'value',
    block_id: `param:${field}`,
    value: text,
    view: { id: 'V1', type: 'modal', private_metadata: JSON.stringify({ draft, step: 0, page: ':0' }) },
    is_enterprise_install: false,
    enterprise: null,
  };
  return { payload: JSON.stringify(payload) };
}

async function insertDraft(stage, database) {
  const draft = `drf-${Array.from(randomBytes(8), (byte) => '0123456789abcdefghjkmnpqrstvwxyz'[byte % 32]).join('')}`;
  const form = { values: {}, page: ':0', step: 0, seenTs: '' };
  await stage.sql(
    database,
    `insert into request_drafts (id, person_id, item_name, team_id, environment, parameters, reason, lease_hours, form)
     values ($1, $2, 'many-options', 'payments', 'development', '{}', '', 4, $3)`,
    [draft, ADA, JSON.stringify(form)],
  );
  return draft;
}

function item(names, source) {
  return `
name: many-options
title: Many options
summary: Menus with ten thousand options.
version: 1.0.0
owner: platform
environments: [development]
parameters:
  properties:
    listed: { type: string, enum: ${JSON.stringify(names)} }
    served: { type: string, x-options: { from: http, url: "${source}/", ttlSeconds: 3600 } }
lease: { defaultHours: 4, maxHours: 24, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: many-options, title: Many options }
steps: [{ name: show, title: Show, action: "demo:progress", with: { label: Showing, ticks: 1 } }]
`;
}

function row(name, { firstMs, p50Ms, p95Ms, p99Ms, perSecond }) {
  const known = `p50 ${p50Ms.toFixed(1)} ms  p95 ${p95Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms`;
  return `${name.padEnd(14)} 10,000 options, ${CONCURRENCY} at once: ${known}  ${perSecond.toFixed(0)}/s  first ${firstMs.toFixed(0)} ms   (goal p95 < 50 ms)`;
}
