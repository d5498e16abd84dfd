// `npm run bench:redaction [log files …]`: what the redactor catches, what it takes for a secret by mistake, and what it costs.
// Needs no database. Unknown secrets are generated; prose is the Markdown of the installed packages; log lines come from the files
// named on the command line (there are none in the repository).
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { Redactor } from '../dist/src/secrets/redactor.js';

const SAMPLES = 200;
const PROSE_LINES = 40_000;
const LOG_LINES = 60_000;
const TEXTS = 2_000;
const ROOT = join(import.meta.dirname, '..');

/** Deterministic: the same corpus on every machine. */
let state = createHash('sha256').update('quartermaster').digest();
function next(count) {
  const out = [];
  while (out.length < count) {
    state = createHash('sha256').update(state).digest();
    out.push(...state);
  }
  return out.slice(0, count);
}
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALNUM = LOWER + LOWER.toUpperCase() + DIGITS;
const of = (alphabet, length) =>
  next(length)
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
const pick = (list) => list[next(1)[0] % list.length];
const hex = (length) => of('0123456789abcdef', length);
const bare = (secret) => ({ secret, text: secret });
const within = (secret, before, after = '') => ({ secret, text: `${before}${secret}${after}` });
const base64 = (bytes) => Buffer.from(next(bytes)).toString('base64');

/** Kinds for which there is a rule of the provider's own. */
const withRule = {
  'AWS key id': () => bare(`AKIA${of('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`),
  'GitHub token': () => bare(`${pick(['ghp_', 'gho_', 'ghs_'])}${of(ALNUM, 36)}`),
  'GitHub fine-grained': () => bare(`github_pat_${of(ALNUM, 22)}_${of(ALNUM, 59)}`),
  'GitLab token': () => bare(`glpat-${of(`${ALNUM}-_`, 20)}`),
  'Slack bot token': () => bare(`xoxb-${of(DIGITS, 12)}-${of(DIGITS, 13)}-${of(ALNUM, 24)}`),
  'Slack app token': () => bare(`xapp-1-A${of(DIGITS, 10)}-${of(DIGITS, 13)}-${hex(64)}`),
  'Slack webhook': () =>
    within(`T${of(DIGITS, 9)}/B${of(DIGITS, 9)}/${of(ALNUM, 24)}`, 'https://hooks.slack.com/services/'),
  'Stripe key': () => bare(`sk_live_${of(ALNUM, 24)}`),
  'Google API key': () => bare(`AIza${of(`${ALNUM}-_`, 34)}x`),
  'SendGrid key': () => bare(`SG.${of(ALNUM, 22)}.${of(ALNUM, 43)}`),
  'npm token': () => bare(`npm_${of(ALNUM, 36)}`),
  'Vault token': () => bare(`hvs.${of(ALNUM, 90)}`),
  JWT: () => bare(`eyJ${of(ALNUM, 30)}.eyJ${of(ALNUM, 80)}.${of(`${ALNUM}-_`, 43)}`),
  'private key': () =>
    within(`${base64(48)}\n${base64(48)}`, '-----BEGIN RSA PRIVATE KEY-----\n', '\n-----END RSA PRIVATE KEY-----'),
  'connection string': () => within(of(ALNUM, 20), 'postgres://app:', '@db.internal:5432/orders'),
  'authorization header': () => within(base64(24), 'Authorization: Basic '),
};
/** Everything else: a random value and what people write around it. */
const elsewhere = {
  'password=…': () => within(of(`${ALNUM}!$%-_`, 14), `${pick(['DB_', 'db.', ''])}password=`),
  'JSON field': () => within(of(ALNUM, 24), `{"user":"app","${pick(['secret', 'apiKey', 'client_secret'])}":"`, '"}'),
  'YAML field': () => within(of(ALNUM, 24), `${pick(['token', 'apiToken', 'password'])}: `),
  'AWS secret key': () => within(base64(30), 'aws_secret_access_key = '),
  'Azure connection string': () => within(base64(64), 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey='),
  'spoken of': () =>
    within(of(ALNUM, 28), `${pick(['the new API key is', 'use this token:', 'credentials for prod ->'])} `),
  'hex token': () => within(hex(40), `${pick(['session', 'auth token', 'signature'])} `),
  'command line': () => within(of(ALNUM, 20), 'mysql -u app --password ', ' orders'),
  'environment dump': () => within(of(ALNUM, 32), 'HOME=/root MY_SERVICE_KEY=', ' SHELL=/bin/sh'),
  'without any telling word': () => within(of(ALNUM, 32), 'value '),
};
const contexts = [
  (text) => text,
  (text) => `2026-11-23T10:00:00Z ERROR worker failed: ${text}`,
  (text) => `curl said: ${text} (exit 7)`,
  (text) => JSON.stringify({ level: 'info', message: text }),
  (text) => `<@U123> look: ${text}\nthanks!`,
];

/** Whether enough of it is gone: neither its first nor its last 8 characters are left. */
function isHidden(secret, out) {
  return !out.includes(secret.slice(0, 8)) && !out.includes(secret.slice(-8));
}

function recallOf(kinds) {
  return Object.entries(kinds).map(([kind, make]) => {
    let hidden = 0;
    for (let n = 0; n < SAMPLES; n += 1) {
      const { secret, text } = make();
      if (isHidden(secret, new Redactor().text(pick(contexts)(text)))) hidden += 1;
    }
    return { kind, recall: hidden / SAMPLES };
  });
}

async function proseLines() {
  const lines = [];
  for (const entry of await readdir(join(ROOT, 'node_modules'), { withFileTypes: true })) {
    const text = await readFile(join(ROOT, 'node_modules', entry.name, 'README.md'), 'utf8').catch(() => '');
    const withoutCode = text.replaceAll(/```[\s\S]*?```/g, '');
    lines.push(...withoutCode.split('\n').filter((line) => line.trim().split(/\s+/).length >= 5));
    if (lines.length > PROSE_LINES) break;
  }
  return lines.slice(0, PROSE_LINES);
}

async function logLines(files) {
  const lines = [];
  for (const file of files)
    lines.push(...(await readFile(file, 'utf8')).split('\n').filter((line) => line.length > 10));
  const every = Math.max(1, Math.floor(lines.length / LOG_LINES));
  return lines.filter((_, index) => index % every === 0).slice(0, LOG_LINES);
}

function falsePositives(lines) {
  const redactor = new Redactor();
  const wrong = lines.filter((line) => redactor.text(line) !== line);
  return {
    lines: lines.length,
    changed: wrong.length,
    rate: lines.length === 0 ? null : wrong.length / lines.length,
    examples: wrong.slice(0, 400),
  };
}

function latency(lines) {
  const redactor = new Redactor();
  for (let n = 0; n < 1_000; n += 1) redactor.remember(randomBytes(18).toString('base64'));
  const texts = Array.from({ length: TEXTS }, (_, n) => {
    let text = '';
    for (let at = n * 7; text.length < 3_000; at += 1) text += `${lines[at % lines.length]}\n`;
    return text.slice(0, 3_000);
  });
  const took = texts.map((text) => {
    const before = process.hrtime.bigint();
    redactor.text(text);
    return Number(process.hrtime.bigint() - before) / 1e6;
  });
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.floor(share * (took.length - 1))];
  return { texts: TEXTS, characters: 3_000, knownSecrets: 1_000, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const percent = (share) => `${(share * 100).toFixed(2)} %`;
const macro = (rows) => rows.reduce((sum, { recall }) => sum + recall, 0) / rows.length;

const ruled = recallOf(withRule);
const rest = recallOf(elsewhere);
const prose = await proseLines();
const logs = await logLines(process.argv.slice(2));
const report = {
  at: new Date().toISOString(),
  machine: `${os.cpus()[0]?.model ?? 'unknown'} × ${os.cpus().length}, Node ${process.version}`,
  recall: { withRule: { macro: macro(ruled), kinds: ruled }, elsewhere: { macro: macro(rest), kinds: rest } },
  falsePositives: { prose: falsePositives(prose), logs: falsePositives(logs) },
  latencyMilliseconds: latency(prose),
};

for (const { kind, recall } of [...ruled, ...rest]) console.log(`  ${kind.padEnd(28)} ${percent(recall).padStart(9)}`);
console.log(`recall, kinds with a rule   ${percent(report.recall.withRule.macro)}   (goal 95 %)`);
console.log(`recall, elsewhere           ${percent(report.recall.elsewhere.macro)}   (goal 88 %)`);
for (const [name, { lines, rate }] of Object.entries(report.falsePositives))
  console.log(
    `false positives, ${name.padEnd(6)}     ${rate === null ? 'no files given' : `${percent(rate)} of ${lines} lines`}`,
  );
const { p50, p99, max } = report.latencyMilliseconds;
console.log(
  `3 KB of text                p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(2)} ms   (goal p99 10 ms)`,
);
await mkdir(join(ROOT, 'bench/results/current'), { recursive: true });
await writeFile(join(ROOT, 'bench/results/current/redaction.json'), `${JSON.stringify(report, null, 2)}\n`);
