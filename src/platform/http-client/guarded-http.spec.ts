import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GuardedHttp } from './guarded-http.js';
import { HttpAnswerTooLarge, HttpRefused, HttpUnanswered } from './http-errors.js';
import { callPersistently, retryAfter } from './persistent-call.js';

describe('calls to other servers', () => {
  const servers: Server[] = [];
  const clients: GuardedHttp[] = [];
  const serve = async (listener: RequestListener): Promise<number> => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const client = (allow: string[], addresses: string[] = ['127.0.0.1']): GuardedHttp => {
    const made = new GuardedHttp(allow, () => Promise.resolve(addresses));
    clients.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of clients.splice(0)) await made.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('go to a listed server and bring back status, headers and body', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const port = await serve((request, response) => {
      seen.push(request.headers);
      response.writeHead(418, { 'x-a': ['1', '2'] }).end('short and stout');
    });
    const http = client([`http://127.0.0.1:${port}`]);
    const answer = await http.call({ url: `http://127.0.0.1:${port}/pot#there`, headers: { 'x-key': 'k' } });
    expect(answer).toMatchObject({ status: 418, body: 'short and stout', headers: { 'x-a': '1, 2' } });
    expect(seen[0]).toMatchObject({ 'x-key': 'k', 'user-agent': 'quartermaster' });
  });

  it.each([
    'https://elsewhere.example.org/',
    'file:///etc/passwd',
    'gopher://api.example.org/',
    'not a url',
    'https://user:pass@api.example.org/',
    'https://api.example.org@evil.example.org/',
    'http://169.254.169.254/latest/meta-data/',
    'http://0x7f.1/',
    'http://[::ffff:127.0.0.1]/',
  ])('never leave for %s', async (url) => {
    await expect(client(['api.example.org']).call({ url })).rejects.toThrow(HttpRefused);
  });

  it.each(['127.0.0.1', '169.254.169.254', '::ffff:10.0.0.1', 'fd00:ec2::254'])(
    'never reach a listed name that resolves to %s',
    async (address) => {
      let arrived = 0;
      const port = await serve((_request, response) => {
        arrived += 1;
        response.end();
      });
      const http = client([`http://api.example.org:${port}`], [address]);
      await expect(http.call({ url: `http://api.example.org:${port}/` })).rejects.toThrow(/private network/);
      expect(arrived).toBe(0);
    },
  );

  it('connect to what was looked at, though the name server says something else the next time', async () => {
    const port = await serve((_request, response) => response.end('here'));
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    let asked = 0;
    const http = new GuardedHttp([`http://api.example.org:${port}`, '127.0.0.0/8'], () =>
      Promise.resolve(answers[asked++] ?? []),
    );
    clients.push(http);
    expect((await http.call({ url: `http://api.example.org:${port}/` })).body).toBe('here');
    expect(asked).toBe(1);
  });

  it('leave out the private one of several addresses', async () => {
    const port = await serve((_request, response) => response.end('here'));
    const http = client([`http://api.example.org:${port}`, '127.0.0.1/32'], ['10.0.0.1', '127.0.0.1']);
    expect((await http.call({ url: `http://api.example.org:${port}/` })).body).toBe('here');
  });

  it.each([
    'http://169.254.169.254/',
    'http://10.0.0.1/',
    'file:///etc/passwd',
    'https://elsewhere.example.org/',
    'http://[bad',
  ])('do not follow a redirect to %s', async (location) => {
    const port = await serve((_request, response) => response.writeHead(302, { location }).end());
    const url = `http://127.0.0.1:${port}/`;
    await expect(client([`http://127.0.0.1:${port}`]).call({ url })).rejects.toThrow(HttpRefused);
  });

  it('follow a redirect to another listed server without the headers, and not for ever', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const second = await serve((request, response) => {
      seen.push(request.headers);
      response.end('there');
    });
    const first = await serve((request, response) => {
      const location = request.url === '/loop' ? '/loop' : `http://127.0.0.1:${second}/`;
      response.writeHead(307, { location }).end();
    });
    const http = client([`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`]);
    const call = { url: `http://127.0.0.1:${first}/`, headers: { authorization: 'Bearer x', 'x-api-key': 'y' } };
    expect((await http.call(call)).body).toBe('there');
    expect(Object.keys(seen[0] ?? {})).not.toEqual(expect.arrayContaining(['authorization']));
    expect(seen[0]?.['x-api-key']).toBeUndefined();
    await expect(http.call({ url: `http://127.0.0.1:${first}/loop` })).rejects.toThrow('too often');
    await expect(http.call({ ...call, method: 'POST', body: '{}' })).rejects.toThrow('for reading only');
  });

  it('end when the answer is too large, is cut off, never comes, or the header is forged', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/large') response.end('x'.repeat(2_000));
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('x', () => response.destroy());
      }
    });
    const http = client([`http://127.0.0.1:${port}`]);
    const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
    await expect(http.call({ url: url('/large'), maximumBytes: 1_000 })).rejects.toThrow(HttpAnswerTooLarge);
    await expect(http.call({ url: url('/cut') })).rejects.toThrow(HttpUnanswered);
    await expect(http.call({ url: url('/never'), timeoutMilliseconds: 50 })).rejects.toThrow('too long');
    await expect(http.call({ url: url('/'), headers: { 'x-a': 'b\r\nx-evil: 1' } })).rejects.toThrow(HttpRefused);
    await expect(client(['http://127.0.0.1:1']).call({ url: 'http://127.0.0.1:1/' })).rejects.toThrow('just now');
  });
});

describe('persistence', () => {
  const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: '' });
  const tried = async (answers: (ReturnType<typeof answer> | Error)[], attempts = 5) => {
    const waits: number[] = [];
    const call = () => {
      const next = answers.shift() ?? new Error('asked too often');
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    };
    const pause = (wait: number) => Promise.resolve(waits.push(wait));
    const last = await callPersistently(call, { attempts, pause, now: () => 0 });
    return { status: last.status, waits };
  };

  it('waits as long as the server says, else longer each time', async () => {
    const later = answer(429, { 'retry-after': '7' });
    expect(await tried([later, answer(503), new HttpUnanswered('away'), answer(200)])).toEqual({
      status: 200,
      waits: [7_000, 1_000, 2_000],
    });
    expect(await tried([answer(503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' }), answer(204)])).toEqual({
      status: 204,
      waits: [9_000],
    });
  });

  it('gives the last answer when attempts are used up, the wait is too long, or it is a refusal', async () => {
    expect(await tried([answer(503), answer(503)], 2)).toEqual({ status: 503, waits: [500] });
    expect(await tried([answer(429, { 'retry-after': '3600' })])).toEqual({ status: 429, waits: [] });
    expect(await tried([answer(400)])).toEqual({ status: 400, waits: [] });
    await expect(tried([new Error('a bug'), answer(200)])).rejects.toThrow('a bug');
    expect(['', 'soon', '-5', '1e9'].map((text) => retryAfter(answer(429, { 'retry-after': text }), 0))).toEqual([
      null,
      null,
      expect.anything(),
      null,
    ]);
  });
});
