import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { builtInActions, loadActionPackages } from '../../src/orchestrator/index.js';
import { GuardedHttp } from '../../src/platform/http-client/index.js';
import { Requests, SubmitRequest } from '../../src/requests/index.js';
import { Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';
import { ToldServer } from '../builders/told-server.js';

jest.setTimeout(120_000);

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'docs/examples/action-package');
const ITEM = `
name: announced-change
title: Announced change
summary: Opens a ticket for whoever has to know, and closes it at the end.
version: 1.0.0
owner: platform
lifecycle: active
environments: [development]
parameters:
  type: object
  required: [summary]
  properties:
    summary: { type: string, title: Summary, description: What changes., maxLength: 100 }
lease: { defaultHours: 24, maxHours: 48, warnHoursBefore: 2, extendHours: 24 }
resource: { kind: ticket, title: "\${{ params.summary }}" }
steps:
  - name: ticket
    title: Open a ticket
    action: ticket:open
    with: { tracker: "TRACKER", summary: "\${{ params.summary }}" }
    timeoutSeconds: 20
outputs: { url: "\${{ steps.ticket.output.url }}" }
`;

let folder: string;
let tracker: ToldServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quartermaster-packages-'));
  tracker = await ToldServer.start();
});
afterAll(async () => {
  await tracker.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the package of the guide', () => {
  const tickets: { id: number; key: string; summary: string; state: string }[] = [];
  let core: Core;

  beforeAll(async () => {
    tracker.tell((url, response) => {
      let text = '';
      response.req.on('data', (chunk: Buffer) => (text += String(chunk)));
      response.req.on('end', () => {
        const body = (text === '' ? {} : JSON.parse(text)) as { key: string; summary: string; state: string };
        const { method } = response.req;
        const [, , id] = url.pathname.split('/');
        if (method === 'POST') tickets.push({ ...body, id: tickets.length + 1, state: 'open' });
        const found = tickets.filter((one) =>
          id === undefined ? one.key === (url.searchParams.get('key') ?? body.key) : one.id === Number(id),
        );
        if (method === 'PATCH') for (const one of found) one.state = body.state;
        response.end(JSON.stringify(method === 'GET' ? found : found[0]));
      });
    });
    await cp(join(ROOT, 'catalog'), join(folder, 'catalog'), { recursive: true });
    await writeFile(join(folder, 'catalog/items/announced-change.yaml'), ITEM.replace('TRACKER', tracker.url));
    core = await Core.start({
      CATALOG_DIR: join(folder, 'catalog'),
      ACTION_PACKAGES: EXAMPLE,
      HTTP_ALLOWED_HOSTS: tracker.url,
    });
  });
  afterAll(async () => {
    await core.stop();
  });

  it('is a step like any other: from the request to the teardown', async () => {
    const { id, resourceId } = await core.get(SubmitRequest).submit({
      person: await core.person('ada'),
      itemName: 'announced-change',
      teamId: 'payments',
      environment: 'development',
      parameters: { summary: 'A new index' },
      reason: '',
      leaseHours: 24,
      traceId: 'trc-package',
      originChannelId: null,
      idempotencyKey: 'announced-change',
    });
    const requests = core.get(Requests);
    await core.until(
      () => requests.get(id),
      ({ state }) => state === 'ready',
    );
    expect(tickets).toEqual([expect.objectContaining({ summary: 'A new index', state: 'open' })]);
    expect((await core.get(Resources).get(resourceId)).outputs).toEqual({ url: `${tracker.url}/tickets/1` });
    await core.get(Resources).requestDestroy({ resourceId, person: await core.person('ada'), why: 'Done.' });
    await core.until(
      () => core.get(Resources).get(resourceId),
      ({ state }) => state === 'destroyed',
    );
    expect(tickets).toEqual([expect.objectContaining({ state: 'closed' })]);
  });
});

describe('a package that is wrong', () => {
  const http = new GuardedHttp([]);
  const taken = builtInActions({ postgresUrl: 'postgres://nobody@127.0.0.1:1/none' });
  const GOOD = `({ id: 'acme:thing', title: 'A thing', input: kit.z.strictObject({}), output: kit.z.object({}), state: kit.z.object({}),
    examples: [{ title: 'One', input: {}, plan: 'create' }], plan: async () => ({ kind: 'create', summary: '' }),
    apply: async () => ({ state: {}, output: {} }), read: async () => ({ exists: true, detail: '' }), destroy: async () => {} })`;
  let count = 0;

  async function written(source: string): Promise<string> {
    count += 1;
    const path = join(folder, `package-${count}`);
    await mkdir(path);
    await writeFile(join(path, 'package.json'), JSON.stringify({ type: 'module', exports: './index.js' }));
    await writeFile(join(path, 'index.js'), source);
    return path;
  }
  const defined = (change: string): string => `export default (kit) => kit.defineAction({ ...${GOOD}, ${change} });`;

  it.each([
    ['is not there', null, /no such file/],
    ['throws', 'throw new Error("no licence");', /no licence/],
    ['exports no function', 'export default 5;', /default export is no function/],
    ['answers no action', 'export default () => [{ id: "acme:thing" }];', /make each with kit\.defineAction/],
    ['lacks a verb', defined('destroy: undefined'), /acme:thing has no destroy\(\)/],
    ['takes a prefix that comes with the product', defined('id: "postgres:thing"'), /choose a prefix of your own/],
    ['has a bad id', defined('id: "Thing"'), /write it like acme:ticket/],
    ['has a schema of another kind', defined('input: {}'), /zod schema as its input/],
    [
      'has an example that does not fit',
      defined('examples: [{ title: "One", input: { a: 1 }, plan: "create" }]'),
      /does not fit its input/,
    ],
  ])('%s: is left out with what to do, and harms no other', async (_what, source, message) => {
    const bad = source === null ? join(folder, 'nowhere') : await written(source);
    const good = await written(`export default (kit) => [kit.defineAction(${GOOD})];`);
    const { actions, problems } = await loadActionPackages([bad, good], { http, taken });
    expect(actions.map(({ id }) => id)).toEqual(['acme:thing']);
    expect(problems).toEqual([{ package: bad, message: expect.stringMatching(message) }]);
  });

  it('gives what another one gives already', async () => {
    const [one, two] = [await written(defined('')), await written(defined(''))];
    const { actions, problems } = await loadActionPackages([one, two], { http, taken });
    expect(actions).toHaveLength(1);
    expect(problems).toEqual([{ package: two, message: 'acme:thing is there already; choose another id' }]);
  });
});
