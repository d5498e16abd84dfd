import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator, type Emulator } from 'emulate';
import { freePort } from './free-port.js';

interface Run {
  id: number;
  display_title: string;
  html_url: string;
  status: string;
  conclusion: string | null;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/**
 * GitHub as somebody else wrote it (the npm package `emulate`), with what it lacks added in front: repositories from templates, and workflows that
 * come from no file. `lag` hides a new run from the next so many looks, as GitHub does.
 */
export class GitHubOnEmulator {
  readonly token = 'ghp-ada-of-the-test';
  readonly runs: Run[] = [];
  readonly workflows = new Map<string, 'active' | 'disabled_manually'>();
  lag = 0;
  /** What a run becomes with each look, until the last. */
  course: readonly [string, string | null][] = [
    ['in_progress', null],
    ['completed', 'success'],
  ];
  dispatches = 0;

  private constructor(
    private readonly emulator: Emulator,
    private readonly server: Server,
  ) {}

  static async start(): Promise<GitHubOnEmulator> {
    const token = 'ghp-ada-of-the-test';
    const emulator = await createEmulator({
      service: 'github',
      port: await freePort(),
      seed: {
        tokens: { [token]: { login: 'ada', scopes: ['repo', 'delete_repo'] } },
        github: {
          users: [{ login: 'ada', name: 'Ada', email: 'ada@quartermaster.test' }],
          orgs: [{ login: 'acme', name: 'Acme', members: [{ login: 'ada', role: 'admin' }] }],
          repos: [{ owner: 'acme', name: 'service', auto_init: true }],
        },
      },
    });
    const server = createServer();
    const github = new GitHubOnEmulator(emulator, server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        void github.answer(request.method ?? 'GET', request.url ?? '/', text, request.headers.authorization ?? '').then(
          ({ status, body }) => {
            response.writeHead(status, { 'content-type': 'application/json' });
            response.end(body === undefined ? '' : JSON.stringify(body));
          },
          () => response.destroy(),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return github;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** As Ada, straight at the emulator. */
  async call(method: string, path: string, body?: unknown): Promise<any> {
    return (await this.forward(method, path, body === undefined ? '' : JSON.stringify(body), `Bearer ${this.token}`))
      .body;
  }

  /** A branch with one commit that main does not have. */
  async branch(name: string): Promise<void> {
    const { object } = await this.call('GET', '/repos/acme/service/git/ref/heads/main');
    await this.call('POST', '/repos/acme/service/git/refs', { ref: `refs/heads/${name}`, sha: object.sha });
    const content = Buffer.from(name).toString('base64');
    await this.call('PUT', `/repos/acme/service/contents/${name}.txt`, { message: name, content, branch: name });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.emulator.close();
  }

  private async answer(method: string, path: string, text: string, authorization: string): Promise<Answer> {
    if (authorization !== `Bearer ${this.token}`) return { status: 401, body: { message: 'Bad credentials' } };
    const body = text === '' ? {} : JSON.parse(text);
    const url = new URL(path, 'http://github');
    if (url.pathname === '/repos/acme/service/generate') return this.generate(body);
    const actions = /^\/repos\/acme\/service\/actions\/(.+)$/.exec(url.pathname)?.[1];
    return actions === undefined ? this.forward(method, path, text, authorization) : this.action(method, actions, body);
  }

  private async generate({ owner, name, description, private: isPrivate }: any): Promise<Answer> {
    const made = { name, description, private: isPrivate, auto_init: true };
    return this.forward('POST', `/orgs/${owner}/repos`, JSON.stringify(made), `Bearer ${this.token}`);
  }

  private action(method: string, path: string, { inputs = {} }: any): Answer {
    const [, workflow = '', what] = /^workflows\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const state = this.workflows.get(workflow);
    if (workflow !== '' && state === undefined) return { status: 404, body: { message: 'Not Found' } };
    if (workflow !== '' && what === undefined) return { status: 200, body: { id: 1, name: workflow, state } };
    if (what === 'dispatches') {
      this.dispatches += 1;
      this.add(Object.values(inputs).join(' '));
      return { status: 204 };
    }
    if (what === 'runs') return { status: 200, body: { total_count: this.runs.length, workflow_runs: this.visible() } };
    const id = Number(/^runs\/(\d+)\/cancel$/.exec(path)?.[1]);
    const run = this.runs.find((one) => one.id === id);
    if (method !== 'POST' || run === undefined) return { status: 404 };
    if (run.status === 'completed')
      return { status: 409, body: { message: 'Cannot cancel a workflow run that is completed.' } };
    Object.assign(run, { status: 'completed', conclusion: 'cancelled' });
    return { status: 202 };
  }

  /** Somebody's run, newest first as GitHub lists them. */
  add(title: string): void {
    const id = 1_000 + this.runs.length;
    this.runs.unshift({
      id,
      display_title: title,
      html_url: `https://github.test/runs/${id}`,
      status: 'queued',
      conclusion: null,
    });
  }

  private visible(): readonly Run[] {
    if (this.dispatches > 0 && this.lag > 0) {
      this.lag -= 1;
      return this.runs.slice(1);
    }
    const seen = this.runs.map((run) => ({ ...run }));
    for (const run of this.runs) {
      const at = run.status === 'queued' ? 0 : this.course.findIndex(([status]) => status === run.status) + 1;
      const [status, conclusion] = this.course[at] ?? [run.status, run.conclusion];
      if (run.status !== 'completed') Object.assign(run, { status, conclusion });
    }
    return seen;
  }

  private async forward(method: string, path: string, text: string, authorization: string): Promise<Answer> {
    const answer = await fetch(`${this.emulator.url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(text !== '' && { body: text }),
    });
    const said = await answer.text();
    return { status: answer.status, ...(said !== '' && { body: JSON.parse(said) }) };
  }
}
