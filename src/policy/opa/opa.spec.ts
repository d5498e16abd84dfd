import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FakeOpaServer } from '../../../test/fakes/opa-server.js';
import { compileRule } from '../rules/compiled-rule.js';
import { factsOf } from '../rules/example-facts.js';
import { ruleParser } from '../rules/rule-document.js';
import { givenParser } from '../rules/rule-given.js';
import { RuleJudge } from '../rules/rule-judge.js';
import { reasonOfVerdict } from '../rules/rule-verdict.js';
import { connectOpa } from './connect-opa.js';
import type { OpaDecisions } from './opa-decisions.js';

const FIXTURE = readFileSync('test/fixtures/opa/names.tar.gz');
const facts = (name: string, environment = 'development') =>
  factsOf(givenParser.parse({ environment, parameters: { name } }), 'UTC');
const usual = { path: 'quartermaster/names/deny', failure: 'closed', timeoutMs: 5000 } as const;

let folder: string;
let server: FakeOpaServer;
let opa: OpaDecisions;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'opa-'));
  mkdirSync(join(folder, 'policies/opa'), { recursive: true });
  writeFileSync(join(folder, 'policies/opa/names.tar.gz'), FIXTURE);
  server = await FakeOpaServer.start('a-token');
  opa = connectOpa({ catalogDir: folder, httpAllow: [server.url], opaToken: 'a-token' });
});
afterEach(async () => {
  await opa.onModuleDestroy();
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** The same decisions, made by a server and by a bundle. */
describe.each(['server', 'bundle'])('a decision by a %s', (kind) => {
  const ask = (decision: string, name: string, environment?: string) =>
    opa.ask(
      {
        ...usual,
        ...(kind === 'server' ? { url: server.url } : { bundle: 'names.tar.gz' }),
        path: `quartermaster/names/${decision}`,
      },
      facts(name, environment),
    );

  it('fires with its sentences, or is silent', async () => {
    expect(await ask('deny', 'foo')).toEqual({
      kind: 'fires',
      messages: ['“foo” says nothing about what it is for.'],
    });
    expect(await ask('deny', 'dev_orders', 'production')).toMatchObject({ kind: 'fires' });
    expect(await ask('deny', 'dev_orders')).toEqual({ kind: 'silent' });
  });

  it('is true or false', async () => {
    expect(await ask('short', 'ab')).toEqual({ kind: 'fires', messages: [] });
    expect(await ask('short', 'orders')).toEqual({ kind: 'silent' });
  });

  it('is none when it is undefined, says something else, or is not there', async () => {
    expect(await ask('odd', 'orders')).toMatchObject({
      kind: 'none',
      why: expect.stringContaining('quartermaster/names/odd'),
    });
    expect(await ask('strange', 'orders')).toMatchObject({
      kind: 'none',
      why: expect.stringMatching(/neither true or false/),
    });
    expect(await ask('absent', 'orders')).toMatchObject({ kind: 'none', why: expect.stringMatching(/no decision/) });
  });
});

describe('a server', () => {
  const ask = (change: object = {}) => opa.ask({ ...usual, url: server.url, ...change }, facts('foo'));

  it('is asked with all facts as its input', async () => {
    await ask({ url: `${server.url}/` });
    expect(JSON.parse(server.asked[0]!)).toEqual({ input: JSON.parse(JSON.stringify(facts('foo'))) });
  });

  it.each([
    [
      'hangs',
      () => {
        server.hangs = true;
      },
      /took too long to answer/,
    ],
    [
      'fails',
      () => {
        server.instead = { status: 500, body: '{"code":"internal_error"}' };
      },
      /answered with status 500/,
    ],
    [
      'says no JSON',
      () => {
        server.instead = { status: 200, body: '<html>' };
      },
      /something else than a decision/,
    ],
    [
      'says too much',
      () => {
        server.instead = { status: 200, body: ' '.repeat(100_000) };
      },
      /answered with more than/,
    ],
  ])('that %s gives no decision', async (_name, breaks, why) => {
    breaks();
    expect(await ask({ timeoutMs: 200 })).toMatchObject({ kind: 'none', why: expect.stringMatching(why) });
  });

  it('that is down, or not listed, or wants another token, gives none', async () => {
    const other = connectOpa({ catalogDir: folder, httpAllow: [server.url] });
    expect(await other.ask({ ...usual, url: server.url }, facts('foo'))).toMatchObject({
      why: expect.stringMatching(/status 401/),
    });
    await other.onModuleDestroy();
    expect(await ask({ url: 'http://127.0.0.1:2' })).toMatchObject({ why: expect.stringMatching(/not on the list/) });
    await server.stop();
    expect(await ask()).toMatchObject({ kind: 'none', why: expect.stringMatching(/does not answer/) });
  });
});

describe('a bundle', () => {
  const ask = (change: object = {}, name = 'foo') =>
    opa.ask({ ...usual, bundle: 'names.tar.gz', ...change }, facts(name));
  const none = (why: RegExp) => ({ kind: 'none', why: expect.stringMatching(why) });

  it('that does not end, or takes all memory, is stopped, and the next question is answered', async () => {
    expect(await ask({ path: 'quartermaster/names/endless', timeoutMs: 300 })).toMatchObject(
      none(/failed|took too long/),
    );
    expect(await ask()).toMatchObject({ kind: 'fires' });
  });

  it('may be the module alone, and is read again when it changes', async () => {
    expect(await ask({ bundle: 'other.wasm' })).toMatchObject(none(/there is no bundle other\.wasm/));
    const file = join(folder, 'policies/opa/names.tar.gz');
    expect(await ask()).toMatchObject({ kind: 'fires' });
    writeFileSync(file, 'nothing');
    utimesSync(file, 1, 1);
    expect(await ask()).toMatchObject(none(/no gzipped archive/));
    writeFileSync(file, FIXTURE);
    expect(await ask()).toMatchObject({ kind: 'fires' });
  });

  it.each<[string, Buffer, RegExp]>([
    ['an archive without a module', gzipSync(Buffer.alloc(1024)), /no policy\.wasm/],
    ['an archive that explodes', gzipSync(Buffer.alloc(64 * 1024 * 1024)), /too large/],
    ['a module that is none', tarOf('policy.wasm', 'nonsense'), /failed/],
  ])('%s gives no decision', async (_name, content, why) => {
    writeFileSync(join(folder, 'policies/opa/bad.tar.gz'), content);
    expect(await ask({ bundle: 'bad.tar.gz' })).toMatchObject(none(why));
  });
});

describe('a rule whose OPA can’t be asked', () => {
  const ruled = async (failure: string, effect = 'deny') => {
    const rule = ruleParser.parse({
      id: 'good-names',
      version: '1.0.0',
      title: 'Good names',
      owner: 'platform',
      mode: 'enforce',
      effect,
      opa: { url: 'http://127.0.0.1:2', path: 'quartermaster/names/deny', failure },
      message: 'The name is not good.',
      examples: [{ title: 'x', expect: 'silent' }],
    });
    const compiled = compileRule({ ...rule, file: 'rule.yaml', digest: 'sha256:0' });
    return reasonOfVerdict(await new RuleJudge(opa).judge(compiled, facts('foo')));
  };

  it('refuses when it is set to fail closed, and says so', async () => {
    expect(await ruled('closed')).toMatchObject({
      outcome: 'deny',
      message: expect.stringMatching(
        /“Good names” could not be judged \(.*not on the list.*\), so it counts as a refusal/,
      ),
    });
  });

  it('only warns when it is set to fail open, and says so aloud', async () => {
    expect(await ruled('open')).toMatchObject({
      outcome: 'warn',
      message: expect.stringMatching(
        /could not be asked .* It is set to let things pass then, so it does not count this time\./,
      ),
    });
  });
});

it('tells the sentences of OPA after the rule’s own', async () => {
  cpSync('test/fixtures/opa/names.tar.gz', join(folder, 'policies/opa/again.tar.gz'));
  const rule = ruleParser.parse({
    id: 'good-names',
    version: '1.0.0',
    title: 'Good names',
    owner: 'platform',
    mode: 'enforce',
    effect: 'deny',
    opa: { bundle: 'again.tar.gz', path: 'quartermaster/names/deny' },
    message: 'The name is not good.',
    remedy: 'Choose another.',
    examples: [{ title: 'x', expect: 'silent' }],
  });
  const verdict = await new RuleJudge(opa).judge(compileRule({ ...rule, file: 'r', digest: 'd' }), facts('foo'));
  expect(verdict.message).toBe('The name is not good. “foo” says nothing about what it is for. Choose another.');
});

function tarOf(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  return gzipSync(Buffer.concat([header, Buffer.from(content.padEnd(512, '\0'))]));
}
