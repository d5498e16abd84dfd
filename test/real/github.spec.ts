import { randomBytes } from 'node:crypto';
import { HttpApis } from '../../src/orchestrator/actions/api/api.js';
import { githubActions } from '../../src/orchestrator/actions/github/github.actions.js';
import { HttpTarget } from '../../src/orchestrator/actions/http/http-target.js';
import { GuardedHttp, pauseFor } from '../../src/platform/http-client/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';
import { leftOut } from './left-out.js';

const {
  QM_REAL_GITHUB_REPOSITORY: repository = '',
  QM_REAL_GITHUB_TOKEN: token = '',
  QM_REAL_GITHUB_API: api = 'https://api.github.com',
  QM_REAL_GITHUB_WORKFLOW: workflow = '',
} = process.env;

describe('github:*', () => {
  if (repository === '' || token === '') {
    leftOut('GitHub', 'QM_REAL_GITHUB_REPOSITORY and QM_REAL_GITHUB_TOKEN are not set');
    return;
  }
  const branch = `quartermaster-${randomBytes(6).toString('hex')}`;
  const secrets = new SecretsInMemory();
  let server: JsonObject;
  const bench = (id: string): ActionBench => {
    const http = new HttpTarget(new GuardedHttp([api]), pauseFor);
    const action = githubActions(new HttpApis(http), { now: Date.now, pause: pauseFor }).find((one) => one.id === id);
    if (action === undefined) throw new Error(`There is no ${id}.`);
    return new ActionBench(action, secrets);
  };
  const call = async (method: string, path: string, body?: JsonObject): Promise<Record<string, any>> => {
    const answer = await fetch(`${api}/repos/${repository}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return text === '' ? {} : JSON.parse(text);
  };
  beforeAll(async () => {
    const ref = await secrets.put('github', { token }, { idempotencyKey: 'given' });
    server = { url: api, token: { ref, field: 'token' } };
    const { default_branch: main } = await call('GET', '');
    const { object } = await call('GET', `/git/ref/heads/${String(main)}`);
    await call('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: object.sha });
    const content = Buffer.from('Made by the tests of Quartermaster.\n').toString('base64');
    await call('PUT', `/contents/${branch}.txt`, { message: branch, content, branch });
  });
  afterAll(() => call('DELETE', `/git/refs/heads/${branch}`));

  it('opens a pull request once, finds it, and closes it', async () => {
    const one = bench('github:pull-request');
    const input = { server, repository, head: branch, title: branch, body: 'A test; it closes this by itself.' };
    expect(await one.plan(input)).toMatchObject({ kind: 'create' });
    const made = await one.apply(input, branch);
    expect((await one.apply(input, branch)).output).toEqual(made.output);
    expect(await one.read(made.state)).toMatchObject({ exists: true });
    await one.destroy(made.state, branch);
    expect(await one.read(made.state)).toMatchObject({ exists: false });
  });

  if (workflow === '') leftOut('a workflow of GitHub', 'QM_REAL_GITHUB_WORKFLOW names none');
  else
    it('dispatches a workflow and follows it to its end', async () => {
      const one = bench('github:workflow');
      const { output } = await one.apply({ server, repository, workflow, ref: branch }, branch, {
        signal: AbortSignal.timeout(220_000),
      });
      expect(output).toMatchObject({ conclusion: 'success' });
    });
});
