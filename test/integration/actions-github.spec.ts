import { jest } from '@jest/globals';
import { HttpApis } from '../../src/orchestrator/actions/api/api.js';
import { githubActions } from '../../src/orchestrator/actions/github/github.actions.js';
import { HttpTarget } from '../../src/orchestrator/actions/http/http-target.js';
import { GuardedHttp } from '../../src/platform/http-client/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { GitHubOnEmulator } from '../builders/github-on-emulator.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';

jest.setTimeout(60_000);

describe('github:*, on a GitHub that somebody else wrote', () => {
  let github: GitHubOnEmulator;
  let secrets: SecretsInMemory;
  let server: JsonObject;
  /** What happens while a step waits. */
  let meanwhile: () => Promise<unknown>;
  beforeEach(async () => {
    github = await GitHubOnEmulator.start();
    secrets = new SecretsInMemory();
    const ref = await secrets.put('github', { token: github.token }, { idempotencyKey: 'given' });
    server = { url: github.url, token: { ref, field: 'token' } };
    meanwhile = () => Promise.resolve();
  });
  afterEach(() => github.stop());
  const bench = (id: string): ActionBench => {
    const http = new HttpTarget(new GuardedHttp([github.url]), () => Promise.resolve());
    const pause = async (_wait: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      await meanwhile();
    };
    const action = githubActions(new HttpApis(http), { now: Date.now, pause }).find((one) => one.id === id);
    if (action === undefined) throw new Error(`There is no ${id}.`);
    return new ActionBench(action, secrets);
  };

  describe('github:repository', () => {
    const input = (more: JsonObject = {}): JsonObject => ({
      server,
      template: 'acme/service',
      owner: 'acme',
      name: 'orders',
      description: 'Orders',
      ...more,
    });

    it('is made from a template, found again, and archived or deleted', async () => {
      const one = bench('github:repository');
      expect(await one.plan(input())).toEqual({
        kind: 'cannot',
        summary: expect.stringContaining('not marked as a template'),
      });
      await github.call('PATCH', '/repos/acme/service', { is_template: true });
      expect(await one.plan(input())).toMatchObject({ kind: 'create', summary: 'Repository acme/orders' });
      const made = await one.apply(input());
      expect(await one.apply(input())).toEqual(made);
      expect(made.output).toMatchObject({ repository: 'acme/orders', branch: 'main' });
      expect(await github.call('GET', '/repos/acme/orders')).toMatchObject({
        private: true,
        description: expect.stringMatching(/^Orders \[qm-/),
        topics: ['quartermaster', 'resource-res-test', 'team-payments', 'environment-development'],
      });
      // As an attempt that died between the two leaves it: the next one finishes it.
      await github.call('PUT', '/repos/acme/orders/topics', { names: [] });
      expect(await one.apply(input())).toEqual(made);
      expect(await github.call('GET', '/repos/acme/orders')).toMatchObject({
        topics: expect.arrayContaining(['team-payments']),
      });
      expect(await one.plan(input())).toMatchObject({ kind: 'cannot' });
      await expect(one.apply(input(), 'other')).rejects.toThrow('not ours');
      await one.destroy(made.state);
      await one.destroy(made.state);
      expect(await github.call('GET', '/repos/acme/orders')).toMatchObject({ archived: true });
      const second = await one.apply(input({ name: 'carts', undo: 'delete' }), 'k2');
      await one.destroy(second.state);
      expect(await one.read(second.state)).toMatchObject({ exists: false });
    });

    it('says what is missing, and refuses names that lead elsewhere', async () => {
      const one = bench('github:repository');
      expect(await one.plan(input({ template: 'acme/nothing' }))).toMatchObject({ kind: 'cannot' });
      expect(one.problems(input({ template: 'acme', owner: '..', name: 'a/b' }))).toEqual([
        'template',
        'owner',
        'name',
      ]);
      const ref = await secrets.put('wrong', { token: 'wrong' }, { idempotencyKey: 'w' });
      const plan = await one.plan(input({ server: { url: github.url, token: { ref, field: 'token' } } }));
      expect(plan.summary).toContain('401');
    });
  });

  describe('github:pull-request', () => {
    const input = (more: JsonObject = {}): JsonObject => ({
      server,
      repository: 'acme/service',
      head: 'add-orders',
      title: 'Add orders',
      body: 'Please.',
      ...more,
    });
    const all = () => github.call('GET', '/repos/acme/service/pulls?state=all');
    beforeEach(() => github.branch('add-orders'));

    it('is opened once, found again, and closed', async () => {
      const one = bench('github:pull-request');
      expect(await one.plan(input())).toMatchObject({ kind: 'create' });
      const made = await one.apply(input());
      expect(await one.apply(input())).toEqual(made);
      expect(await all()).toHaveLength(1);
      expect((await all())[0].body).toContain('team=payments environment=development request=req-test');
      expect(made.output).toMatchObject({ number: 1, merged: false });
      expect(await one.plan(input())).toMatchObject({
        kind: 'cannot',
        summary: expect.stringContaining('open already'),
      });
      await one.destroy(made.state);
      await one.destroy(made.state);
      expect((await all())[0].state).toBe('closed');
      expect(await one.read(made.state)).toMatchObject({ exists: false });
    });

    it('is merged as soon as it may be, and then can’t be taken back', async () => {
      const one = bench('github:pull-request');
      const made = await one.apply(input({ then: 'merge' }));
      expect(made.output).toMatchObject({ merged: true, sha: expect.stringMatching(/^[0-9a-f]{40}$/) });
      expect(await one.apply(input({ then: 'merge' }))).toEqual(made);
      await expect(one.destroy(made.state)).rejects.toThrow('merged already');
      expect(await one.read(made.state)).toMatchObject({ exists: true });
    });

    it('waits for somebody to merge it, or to say no', async () => {
      const one = bench('github:pull-request');
      meanwhile = () => github.call('PUT', '/repos/acme/service/pulls/1/merge', {});
      expect((await one.apply(input({ then: 'wait' }))).output).toMatchObject({ merged: true });
      await github.branch('more');
      meanwhile = () => github.call('PATCH', '/repos/acme/service/pulls/2', { state: 'closed' });
      await expect(one.apply(input({ head: 'more', then: 'wait' }), 'k2')).rejects.toThrow('without being merged');
      await github.branch('third');
      const stop = new AbortController();
      meanwhile = () => {
        stop.abort();
        return Promise.resolve();
      };
      const waiting = one.apply(input({ head: 'third', then: 'wait' }), 'k3', { signal: stop.signal });
      await expect(waiting).rejects.toMatchObject({ retryable: true });
    });

    it('says what GitHub says, and refuses what is no branch', async () => {
      const one = bench('github:pull-request');
      expect(await one.plan(input({ repository: 'acme/nothing' }))).toMatchObject({ kind: 'cannot' });
      await expect(one.apply(input({ head: 'main' }))).rejects.toThrow('422');
      expect(one.problems(input({ head: '../x', base: 'a b', then: 'force' }))).toEqual(['head', 'base', 'then']);
    });
  });

  describe('github:workflow', () => {
    const input = (more: JsonObject = {}): JsonObject => ({
      server,
      repository: 'acme/service',
      workflow: 'deploy.yml',
      inputs: { size: 'small' },
      ...more,
    });
    beforeEach(() => github.workflows.set('deploy.yml', 'active'));

    it('is started once and followed, though its run shows up late and others run beside it', async () => {
      const one = bench('github:workflow');
      github.add('somebody before');
      expect(await one.plan(input())).toMatchObject({ kind: 'change', details: ['size: small'] });
      github.lag = 2;
      const made = await one.apply(input({ markInput: 'mark' }));
      expect(made.output).toMatchObject({ conclusion: 'success', run: 1_001 });
      github.add('somebody after');
      expect(await one.apply(input({ markInput: 'mark' }))).toEqual(made);
      expect(github.dispatches).toBe(1);
      expect(await one.read(made.state)).toMatchObject({ exists: true, detail: expect.stringContaining('success') });
      await one.destroy(made.state);
    });

    it('fails with where to look, and is cancelled while it runs', async () => {
      const one = bench('github:workflow');
      github.course = [['completed', 'failure']];
      await expect(one.apply(input())).rejects.toThrow('ended as failure: https://github.test/runs/1000');
      github.course = [['in_progress', null]];
      const stop = new AbortController();
      meanwhile = () => {
        stop.abort();
        return Promise.resolve();
      };
      const running = one.apply(input(), 'k2', { signal: stop.signal });
      await expect(running).rejects.toMatchObject({ retryable: true });
      await one.destroy(await one.intend(input(), 'k2'));
      expect(github.runs[0]).toMatchObject({ id: 1_001, conclusion: 'cancelled' });
      await one.destroy(await one.intend(input(), 'k2'));
    });

    it('says that it is not there or switched off', async () => {
      const one = bench('github:workflow');
      github.workflows.set('old.yml', 'disabled_manually');
      expect(await one.plan(input({ workflow: 'old.yml' }))).toMatchObject({
        summary: expect.stringContaining('switched off'),
      });
      expect(await one.plan(input({ workflow: 'missing.yml' }))).toMatchObject({ kind: 'cannot' });
      expect(one.problems(input({ workflow: '../x', ref: 'a..b' }))).toEqual(['workflow', 'ref']);
    });
  });
});
