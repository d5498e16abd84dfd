import { HttpTarget } from '../../src/orchestrator/actions/http/http-target.js';
import { httpRequestAction } from '../../src/orchestrator/actions/http/request.action.js';
import { httpResourceAction } from '../../src/orchestrator/actions/http/resource.action.js';
import { GuardedHttp } from '../../src/platform/http-client/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { ApiServer } from '../fakes/api-server.js';
import { ThingsApi } from '../fakes/things-api.js';

describe('actions on APIs', () => {
  let api: ThingsApi;
  let http: GuardedHttp;
  let waits: number[];
  let request: ActionBench;
  let resource: ActionBench;

  beforeEach(async () => {
    api = await ThingsApi.start();
    http = new GuardedHttp([api.server.url]);
    waits = [];
    const target = new HttpTarget(http, (milliseconds, signal) => {
      waits.push(milliseconds);
      return signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve();
    });
    request = new ActionBench(httpRequestAction(target));
    resource = new ActionBench(httpResourceAction(target), request.secrets);
  });
  afterEach(async () => {
    await http.close();
    await api.server.stop();
  });

  const secret = (data: Record<string, string>) => request.secrets.put('api/login', data, { idempotencyKey: 'login' });

  it('plan what their examples say where nothing is listed', async () => {
    for (const bench of [request, resource])
      for (const { input, plan } of bench.action.examples) expect((await bench.plan(input)).kind).toBe(plan);
  });

  describe('http:request', () => {
    it('sends a call with its key and secrets, and maps the answer; a repeat has no second effect', async () => {
      const ref = await secret({ token: 'tok-very-secret-1', username: 'me', password: 'pass-very-secret-2' });
      const input = {
        method: 'POST',
        url: `${api.server.url}/v1/jobs`,
        query: { dry: false, q: 'a&b' },
        headers: { 'x-team': 'payments' },
        secretHeaders: { authorization: { ref, field: 'token', prefix: 'Bearer ' } },
        json: { size: 3, spec: {} },
        bodySecrets: { '/spec/password': { ref, field: 'password' } },
        values: { id: 'response.body.id', twice: 'response.body.id * 2', token: 'response.body.token' },
      };
      api.server.next.push({ status: 202, body: { id: 7, token: 'tok-very-secret-1', said: 'pass-very-secret-2' } });
      expect(await request.plan(input)).toMatchObject({
        kind: 'change',
        summary: expect.stringContaining('POST 127.0.0.1'),
      });
      const made = await request.apply(input);
      expect(made.output).toEqual({ sent: true, status: 202, values: { id: 7, twice: 14, token: '[redacted]' } });
      expect(JSON.stringify(made)).not.toContain('very-secret');
      const [seen] = api.server.requests;
      expect(seen?.path).toBe('/v1/jobs?dry=false&q=a%26b');
      expect(seen?.headers).toMatchObject({
        authorization: 'Bearer tok-very-secret-1',
        'idempotency-key': 'key-1',
        'x-team': 'payments',
      });
      expect(seen?.body).toEqual({ size: 3, spec: { password: 'pass-very-secret-2' } });
    });

    it('has one effect for one key, however often it is applied', async () => {
      const input = { method: 'POST', url: `${api.server.url}/v1/jobs`, json: {}, values: { id: 'response.body.id' } };
      const [first, second] = [await request.apply(input), await request.apply(input)];
      expect(second).toEqual(first);
      expect(api.effects).toEqual(['POST /v1/jobs']);
    });

    it('logs in with user and password', async () => {
      const ref = await secret({ username: 'me', password: 'secret' });
      await request.apply({ url: `${api.server.url}/v1/jobs`, login: { ref } });
      expect(api.server.requests[0]?.headers.authorization).toBe(
        `Basic ${Buffer.from('me:secret').toString('base64')}`,
      );
    });

    it('puts a secret of the answer into the store and gives its reference alone', async () => {
      const input = {
        method: 'POST',
        url: `${api.server.url}/v1/jobs`,
        secretValues: { token: 'response.body.token' },
      };
      const made = await request.apply(input);
      expect(JSON.stringify(made)).not.toContain('very-secret');
      expect(await request.secrets.get(String(made.output.secretRef))).toEqual({ token: 'tok-very-secret-1' });
      await request.destroy(made.state);
      await expect(request.secrets.get(String(made.output.secretRef))).rejects.toThrow();
    });

    it('waits until a condition holds, where the answer says to ask', async () => {
      const poll = { at: 'response.headers.location', until: "response.body.state == 'done'", everySeconds: 7 };
      const made = await request.apply({
        method: 'POST',
        url: `${api.server.url}/v1/jobs`,
        poll,
        values: { size: 'response.body.size' },
      });
      expect(made.output).toMatchObject({ status: 200, values: { size: 12 } });
      expect(waits).toEqual([7_000, 7_000]);
      expect(request.reported).toEqual(['Not there yet, asked 1 time', 'Not there yet, asked 2 times']);
    });

    it('stops waiting when the server says that it failed, refuses, or the time is up', async () => {
      const url = `${api.server.url}/v1/jobs/7`;
      const waiting = (until: string, failed?: string) =>
        request.apply({ url, poll: { until, ...(failed !== undefined && { failed }) } }, `${until}${failed}`);
      await expect(waiting('false', "response.body.state == 'working'")).rejects.toMatchObject({ retryable: false });
      api.server.next.push({ status: 403, body: { message: 'not you' } });
      await expect(waiting('response.status == 200')).rejects.toThrow('answered 403 while waiting: not you');
      const stop = new AbortController();
      const report = () => {
        stop.abort();
      };
      const endless = request.apply({ url, poll: { until: 'false' } }, 'k', { signal: stop.signal, report });
      await expect(endless).rejects.toMatchObject({ retryable: true });
    });

    it('waits as long as the server asks for before it tries again', async () => {
      api.server.next.push({ status: 429, headers: { 'retry-after': '9' } }, { status: 503 });
      await request.apply({ url: `${api.server.url}/v1/jobs` });
      expect(waits).toEqual([9_000, 1_000]);
    });

    it('says what the server said, and whether it may work later', async () => {
      const failing = (status: number, body?: unknown) => {
        api.server.next.push({ status, body });
        return request.apply({ url: `${api.server.url}/v1/jobs`, attempts: 1 }, String(status));
      };
      await expect(failing(400, { message: 'size is too large' })).rejects.toMatchObject({
        publicMessage: 'The server answered 400 to GET: size is too large',
        retryable: false,
      });
      await expect(failing(503)).rejects.toMatchObject({ retryable: true });
      await expect(failing(500, '<html>…')).rejects.toMatchObject({ publicMessage: 'The server answered 500 to GET' });
    });

    it('asks first whether it is needed', async () => {
      api.things.set('orders', { name: 'orders' });
      const url = `${api.server.url}/v1/things/orders`;
      const input = { method: 'PUT', url, json: {}, unless: { holds: 'response.status == 200' } };
      expect(await request.plan(input)).toMatchObject({ kind: 'none' });
      expect((await request.apply(input)).output.sent).toBe(false);
      expect(api.effects).toEqual([]);
    });

    it('undoes with a call of its own, where the answer says', async () => {
      api.things.set('orders', {});
      api.server.next.push({ status: 201, body: { self: '/v1/things/orders' } });
      const input = {
        method: 'POST',
        url: `${api.server.url}/v1/things`,
        json: {},
        undo: { at: 'response.body.self' },
      };
      const made = await request.apply(input);
      await request.destroy(made.state);
      await request.destroy(made.state);
      expect(api.things.size).toBe(0);
      await expect(request.destroy(await request.intend(input, 'dies'))).rejects.toThrow(/is not known/);
    });

    it.each(['http://127.0.0.1:1/steal', 'https://evil.example.org/', '//evil.example.org/x'])(
      'sends our credentials nowhere else, though the answer names %s',
      async (location) => {
        const ref = await secret({ token: 'tok-very-secret-1' });
        api.server.next.push({ status: 202, headers: { location } });
        const input = {
          method: 'POST',
          url: `${api.server.url}/v1/jobs`,
          secretHeaders: { 'x-token': { ref, field: 'token' } },
          poll: { at: 'response.headers.location', until: 'true' },
        };
        await expect(request.apply(input)).rejects.toThrow(/on another server/);
        expect(api.server.requests).toHaveLength(1);
      },
    );

    it('treats what people entered as data: no path, parameter, header or expression comes out of it', async () => {
      const name = "../../admin?x=1#/${{ 'a' }}";
      await expect(request.apply({ url: `${api.server.url}/v1/things`, path: [name] })).rejects.toThrow(/answered 404/);
      expect(api.server.requests[0]?.path).toBe(`/v1/things/${encodeURIComponent(name)}`);
      for (const wrong of ['/..', '/a/../b', '/%2e%2e/x', '/a\\b', '/a b', '/./a', '/x%2fy'])
        expect(request.problems({ url: `${api.server.url}${wrong}` })).toEqual(['url']);
      expect(request.problems({ url: api.server.url, headers: { 'x-a': 'b\r\nx-evil: 1' } })).toEqual(['headers.x-a']);
      await expect(
        request.apply({
          method: 'POST',
          url: `${api.server.url}/v1/jobs`,
          json: {},
          bodySecrets: { '/__proto__/x': { ref: await secret({ a: 'b' }), field: 'a' } },
        }),
      ).rejects.toThrow(/not allowed/);
    });

    it.each([
      [{ url: 'file:///etc/passwd' }, 'url'],
      [{ url: 'https://user:pass@api.example.org/' }, null],
      [{ method: 'CONNECT' }, 'method'],
      [{ path: ['..'] }, 'path.0'],
      [{ path: [''] }, 'path.0'],
      [{ headers: { authorization: 'Bearer hunter2' } }, 'headers.authorization'],
      [{ headers: { Host: 'evil' } }, 'headers.Host'],
      [{ headers: { 'x y': 'a' } }, 'headers.x y'],
      [{ secretHeaders: { 'x-a': 'hunter2' } }, 'secretHeaders.x-a'],
      [{ values: { id: 'response.bdoy' } }, 'values.id'],
      [{ values: { id: '${{ response.body }}' } }, 'values.id'],
      [{ values: { id: 'params.name' } }, 'values.id'],
      [{ poll: { until: 'response.status' } }, 'poll.until'],
      [{ poll: { until: 'true', everySeconds: 0 } }, 'poll.everySeconds'],
      [{ json: {}, text: 'x' }, ''],
      [{ attempts: 99 }, 'attempts'],
      [{ redirect: true }, ''],
    ])('refuses %j', async (wrong, field) => {
      const input = { url: `${api.server.url}/v1/jobs`, ...wrong };
      if (field !== null) expect(request.problems(input)).toContain(field);
      await expect(request.apply(input)).rejects.toMatchObject({ retryable: false });
      expect(api.server.requests).toHaveLength(0);
    });

    it.each(['http://169.254.169.254/latest/meta-data', 'http://localhost/', 'http://[::1]/', 'http://0x7f000001/'])(
      'never goes to %s',
      async (url) => {
        expect((await request.plan({ url })).kind).toBe('cannot');
        await expect(request.apply({ url })).rejects.toThrow(/not on the list/);
      },
    );

    it('ends when the answer is too large, for the call and for what is taken out of it', async () => {
      api.server.next.push(
        { status: 200, body: 'x'.repeat(600_000) },
        { status: 200, body: { all: 'x'.repeat(40_000) } },
      );
      await expect(request.apply({ url: `${api.server.url}/v1/jobs` })).rejects.toThrow(/more than/);
      await expect(
        request.apply({ url: `${api.server.url}/v1/jobs`, values: { all: 'response.body.all' } }),
      ).rejects.toThrow(/too large/);
    });
  });

  describe('http:resource', () => {
    const thing = (name = 'orders', more: object = {}) => ({
      url: `${api.server.url}/v1/things`,
      path: [name],
      create: { json: { size: 3 } },
      wanted: { size: 3 },
      mark: ['labels', 'quartermaster'],
      values: { size: 'response.body.size' },
      ...more,
    });

    it('carries for whom it is where the API keeps labels', async () => {
      await resource.apply(thing('orders', { labels: ['labels'] }));
      expect(api.things.get('orders')).toMatchObject({
        labels: { quartermaster: 'key-1', resource: 'res-test', team: 'payments', request: 'req-test' },
      });
    });

    it('is planned, made, looked at, found different, and taken away', async () => {
      expect(await resource.plan(thing())).toMatchObject({ kind: 'create' });
      const made = await resource.apply(thing());
      expect(made.output).toEqual({ url: `${api.server.url}/v1/things/orders`, values: { size: 3 } });
      expect(api.things.get('orders')).toEqual({ name: 'orders', size: 3, labels: { quartermaster: 'key-1' } });
      expect(await resource.read(made.state)).toEqual({ exists: true, detail: 'it is there' });
      api.things.get('orders')!.size = 5;
      expect(await resource.read(made.state)).toEqual({ exists: true, detail: 'it is there, but differs in size' });
      await resource.destroy(made.state);
      await resource.destroy(made.state);
      expect(api.things.size).toBe(0);
      expect((await resource.read(made.state)).exists).toBe(false);
    });

    it('is adopted when an interrupted attempt made it, and when an answer was lost', async () => {
      await resource.intend(thing());
      api.things.set('orders', { size: 3, labels: { quartermaster: 'key-1' } });
      await resource.apply(thing());
      await resource.apply(thing());
      expect(api.effects).toEqual([]);
      await resource.intend(thing('lost'), 'key-2');
      api.server.next.push({ status: 404 }, { status: 502 });
      await resource.apply(thing('lost'), 'key-2');
      expect(api.things.get('lost')).toMatchObject({ size: 3 });
    });

    it('of somebody else is neither changed nor taken away', async () => {
      api.things.set('orders', { size: 3 });
      expect(await resource.plan(thing())).toMatchObject({
        kind: 'cannot',
        summary: expect.stringContaining('exists already'),
      });
      await expect(resource.apply(thing())).rejects.toThrow(/not ours to change/);
      await resource.destroy(await resource.intend(thing()));
      expect(api.things.has('orders')).toBe(true);
    });

    it('without a place for a mark is ours when it was not there before', async () => {
      const { mark: _mark, ...plain } = thing();
      const made = await resource.apply(plain);
      await resource.apply(plain);
      await resource.destroy(made.state);
      expect(api.things.size).toBe(0);
      api.things.set('taken', {});
      const { mark: _other, ...taken } = thing('taken');
      await expect(resource.apply(taken, 'key-2')).rejects.toThrow(/not ours/);
      await resource.destroy(await resource.intend(taken, 'key-2'));
      expect(api.things.has('taken')).toBe(true);
    });

    it('lost in a race belongs to who was first', async () => {
      await resource.intend(thing());
      api.server.next.push({ status: 404 }, { status: 409 });
      api.things.set('orders', { size: 3, labels: { quartermaster: 'another' } });
      await expect(resource.apply(thing())).rejects.toThrow(/not ours/);
      expect(api.things.get('orders')).toMatchObject({ labels: { quartermaster: 'another' } });
    });

    it('is waited for until ready, and until gone', async () => {
      const input = thing('slow', { ready: { until: "response.body.state == 'ready'", everySeconds: 3 } });
      await resource.intend(input);
      const working = { status: 200, body: { labels: { quartermaster: 'key-1' } } };
      const ready = { status: 200, body: { state: 'ready', size: 3, labels: { quartermaster: 'key-1' } } };
      api.server.next.push({ status: 404 }, { status: 201 }, working, ready);
      const made = await resource.apply(input);
      api.server.next.push(ready, { status: 202 }, ready, { status: 404 });
      await resource.destroy(made.state);
      expect(waits).toEqual([3_000, 2_000]);
    });

    it('is unknown, not gone, when the server is away', async () => {
      const made = await resource.apply(thing());
      api.server.next.push({ status: 500 });
      await expect(resource.read(made.state)).rejects.toMatchObject({ retryable: true });
      const other = thing('other');
      await api.server.stop();
      expect((await resource.plan(other)).kind).toBe('cannot');
      await expect(resource.destroy(made.state)).rejects.toMatchObject({ retryable: true });
      api = await ThingsApi.start();
    });

    it('is never made on another server', async () => {
      const other = await ApiServer.start(() => ({ status: 200 }));
      try {
        await expect(resource.apply(thing('x', { create: { url: other.url, json: {} } }))).rejects.toThrow(
          /another server/,
        );
        expect(other.requests).toEqual([]);
      } finally {
        await other.stop();
      }
    });
  });
});
