import { HttpApis } from '../../src/orchestrator/actions/api/api.js';
import { grafanaActions } from '../../src/orchestrator/actions/grafana/grafana.actions.js';
import { HttpTarget } from '../../src/orchestrator/actions/http/http-target.js';
import { prometheusQueryAction } from '../../src/orchestrator/actions/prometheus/query.action.js';
import { GuardedHttp } from '../../src/platform/http-client/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { ToldServer } from '../builders/told-server.js';
import { GrafanaServer } from '../fakes/grafana-server.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';

const apisFor = (url: string): HttpApis =>
  new HttpApis(new HttpTarget(new GuardedHttp([url]), () => Promise.resolve()));

describe('grafana:*, against a server of recorded shapes', () => {
  let grafana: GrafanaServer;
  let secrets: SecretsInMemory;
  let server: JsonObject;
  beforeEach(async () => {
    grafana = await GrafanaServer.start();
    secrets = new SecretsInMemory();
    const ref = await secrets.put('grafana', { token: grafana.token }, { idempotencyKey: 'given' });
    server = { url: grafana.server.url, token: { ref, field: 'token' } };
  });
  afterEach(() => grafana.server.stop());
  const bench = (id: string): ActionBench => {
    const action = grafanaActions(apisFor(grafana.server.url)).find((one) => one.id === id);
    if (action === undefined) throw new Error(`There is no ${id}.`);
    return new ActionBench(action, secrets);
  };
  const folder = async (): Promise<string> =>
    String((await bench('grafana:folder').apply({ server, title: 'Orders' }, 'folder')).output.uid);
  const inputs: Record<string, (folder: string) => JsonObject> = {
    'grafana:folder': () => ({ server, title: 'Payments' }),
    'grafana:dashboard': (at) => ({ server, folder: at, title: 'Payments', model: { panels: [{ type: 'text' }] } }),
    'grafana:alert-rule': (at) => ({
      ...{ server, folder: at, group: 'payments', title: 'Payments', datasource: 'prom', query: 'up' },
      ...{ is: 'below', threshold: 1, runbookUrl: 'https://docs.example.org/r' },
    }),
  };
  const kept = {
    'grafana:folder': 'folders',
    'grafana:dashboard': 'dashboards',
    'grafana:alert-rule': 'rules',
  } as const;

  it.each(Object.keys(kept) as (keyof typeof kept)[])(
    '%s is planned, made once, looked at and taken away',
    async (id) => {
      const [one, things] = [bench(id), grafana[kept[id]]];
      const input = inputs[id]?.(await folder()) ?? {};
      const before = things.size;
      expect(await one.plan(input)).toMatchObject({ kind: 'create', summary: expect.stringContaining('Payments') });
      const made = await one.apply(input);
      expect(await one.apply(input)).toEqual(made);
      expect(things.size).toBe(before + 1);
      expect(made.output.uid).toMatch(/^qm-[0-9a-f]{24}$/);
      expect(await one.read(made.state)).toMatchObject({ exists: true, detail: expect.stringContaining('is there') });
      expect(await one.plan(input)).toMatchObject({ kind: 'cannot', summary: expect.stringContaining('already') });
      expect(JSON.stringify([made, one.reported])).not.toContain(grafana.token);
      await one.destroy(made.state);
      await one.destroy(made.state);
      expect(things.size).toBe(before);
      expect(await one.read(made.state)).toMatchObject({ exists: false });
    },
  );

  it.each(Object.keys(kept) as (keyof typeof kept)[])(
    '%s becomes in place what a newer version asks for, and goes back',
    async (id) => {
      const [one, things] = [bench(id), grafana[kept[id]]];
      const former = inputs[id]?.(await folder()) ?? {};
      const next = { ...former, title: 'Payments of today' };
      const made = await one.apply(former);
      const titles = () =>
        [...things.values()]
          .map(({ title, dashboard }) => title ?? dashboard.title)
          .filter((title) => title !== 'Orders');
      expect(await one.planChange(next, made)).toMatchObject({
        kind: 'change',
        summary: expect.stringContaining('Payments of today becomes what the newer version says'),
      });
      const changed = await one.change(next, made);
      expect((await one.change(next, made)).output).toEqual(changed.output);
      expect(titles()).toEqual(['Payments of today']);
      expect(changed.output.uid).toBe(made.output.uid);
      const again = await one.change(next, changed);
      expect(await one.read(again.state)).toMatchObject({ exists: true, detail: expect.stringContaining('is there') });
      await one.changeBack(former, again);
      expect(titles()).toEqual(['Payments']);
      const elsewhere = { ...former, server: { ...server, url: 'https://grafana.example.net' } };
      expect(await one.planChange(elsewhere, made)).toEqual({
        kind: 'cannot',
        summary: expect.stringMatching(/can’t be moved there\. Request it anew and move over\.$/),
      });
      await one.destroy(again.state);
      expect(titles()).toEqual([]);
    },
  );

  it('goes on where an attempt died after the server had answered, and cleans up what it left', async () => {
    const one = bench('grafana:dashboard');
    const input = inputs['grafana:dashboard']?.(await folder()) ?? {};
    const intended = await one.intend(input);
    await one.apply(input);
    await one.destroy(intended);
    expect(grafana.dashboards.size).toBe(0);
  });

  it('carries for whom it is', async () => {
    const dashboard = await bench('grafana:dashboard').apply(inputs['grafana:dashboard']?.(await folder()) ?? {});
    expect(grafana.dashboards.get(String(dashboard.output.uid))?.dashboard.tags).toEqual([
      'quartermaster',
      ...['resource:res-test', 'team:payments', 'environment:development', 'request:req-test'],
    ]);
    const rule = await bench('grafana:alert-rule').apply(inputs['grafana:alert-rule']?.(await folder()) ?? {}, 'rule');
    expect(grafana.rules.get(String(rule.output.uid))).toMatchObject({
      labels: { made_by: 'quartermaster', quartermaster_team: 'payments', quartermaster_resource: 'res-test' },
    });
  });

  it('shows a change by hand as drift', async () => {
    const one = bench('grafana:dashboard');
    const { state, output } = await one.apply(inputs['grafana:dashboard']?.(await folder()) ?? {});
    const found = grafana.dashboards.get(String(output.uid));
    if (found !== undefined) found.dashboard.version = 2;
    expect(await one.read(state)).toEqual({ exists: true, detail: expect.stringContaining('differs') });
  });

  it('says what the server says: a folder that is in use, a token that is refused, a server that is away', async () => {
    const [one, rule] = [bench('grafana:folder'), bench('grafana:alert-rule')];
    const made = await one.apply({ server, title: 'Full' });
    await rule.apply(inputs['grafana:alert-rule']?.(String(made.output.uid)) ?? {});
    await expect(one.destroy(made.state)).rejects.toThrow('folder is not empty');
    const ref = await secrets.put('other', { token: 'wrong' }, { idempotencyKey: 'other' });
    const wrong = { ...server, token: { ref, field: 'token' } };
    expect(await one.plan({ server: wrong, title: 'x' })).toEqual({
      kind: 'cannot',
      summary: expect.stringContaining('401'),
    });
    await grafana.server.stop();
    await expect(one.apply({ server, title: 'x' }, 'key-2')).rejects.toMatchObject({ retryable: true });
    grafana = await GrafanaServer.start();
  });

  it('refuses inputs that do not fit', () => {
    const [one, rule] = [bench('grafana:folder'), bench('grafana:alert-rule')];
    expect(one.problems({ server: { url: 'ftp://x', token: 'plain' }, title: '' })).toEqual([
      'server.url',
      'server.token',
      'title',
    ]);
    expect(rule.problems({ ...(inputs['grafana:alert-rule']?.('../x') ?? {}), is: 'equal' })).toEqual(['folder', 'is']);
  });
});

describe('prometheus:query', () => {
  let prometheus: ToldServer;
  let now: number;
  let action: ActionBench;
  beforeEach(async () => {
    prometheus = await ToldServer.start();
    now = Date.parse('2026-11-23T09:00:00Z');
    const pause = (wait: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      now += wait;
      return Promise.resolve();
    };
    action = new ActionBench(prometheusQueryAction(apisFor(prometheus.url), { now: () => now, pause }));
  });
  afterEach(() => prometheus.stop());
  const gives = (...series: string[]) => {
    const result = series.map((value) => ({ metric: {}, value: [1_764_000_000.1, value] }));
    prometheus.tellJson({ status: 'success', data: { resultType: 'vector', result } });
  };
  const givesInTurn = (...turns: string[]) => {
    prometheus.tell((_url, response) => {
      const value = turns.length > 1 ? turns.shift() : turns[0];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [1, value] } }));
    });
  };
  const input = (more: JsonObject = {}): JsonObject => ({
    server: { url: prometheus.url },
    query: 'sum(rate(http_errors_total{app="orders"}[5m]))',
    holds: 'value < 0.05',
    everySeconds: 30,
    ...more,
  });

  it('shows in its plan what it would find now, and changes nothing', async () => {
    gives('0.01');
    expect(await action.plan(input())).toMatchObject({ kind: 'none', details: ['Now: 0.01'] });
    gives('0.9');
    expect((await action.plan(input())).details).toEqual(['Now: 0.9, which does not hold']);
    expect(prometheus.asked[0]).toMatch(/^\/api\/v1\/query\?query=sum%28rate/);
  });

  it('looks through the whole window, and stops at the first bad look beyond those tolerated', async () => {
    gives('0.01');
    const good = await action.apply(input({ windowSeconds: 120 }));
    expect(good.output).toEqual({ looks: 5, bad: 0, value: 0.01 });
    givesInTurn('0.01', '0.2', '0.01');
    await expect(action.apply(input({ windowSeconds: 120 }), 'k2')).rejects.toMatchObject({ retryable: false });
    givesInTurn('0.01', '0.2', '0.01');
    expect((await action.apply(input({ windowSeconds: 120, tolerated: 1 }), 'k3')).output).toMatchObject({ bad: 1 });
    expect(await action.read(good.state)).toMatchObject({ exists: true });
    await action.destroy(good.state);
  });

  it('waits until it holds once, and no longer than it is told', async () => {
    givesInTurn('0.9', '0.8', '0.01');
    expect((await action.apply(input({ mode: 'once', windowSeconds: 300 }))).output).toMatchObject({
      looks: 3,
      bad: 2,
    });
    gives('0.9');
    await expect(action.apply(input({ mode: 'once', windowSeconds: 60 }), 'k2')).rejects.toThrow('does not hold');
  });

  it('goes on with the window it began after a restart', async () => {
    gives('0.01');
    await action.intend(input({ windowSeconds: 120 }), 'k');
    now += 90_000;
    expect((await action.apply(input({ windowSeconds: 120 }), 'k')).output).toMatchObject({ looks: 2 });
  });

  it('does not take no value, NaN or several values for a good one, unless told how', async () => {
    for (const series of [[], ['NaN'], ['0.01', '0.02']]) {
      gives(...series);
      await expect(action.apply(input(), String(series))).rejects.toThrow('does not hold');
    }
    expect(
      (await action.apply(input({ holds: 'count == 2 && values.all(v, v < 0.05)' }), 'all')).output.value,
    ).toBeNull();
  });

  it('says what Prometheus says, and refuses a condition with a mistake', async () => {
    prometheus.tell((_url, response) =>
      response
        .writeHead(400)
        .end(JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse error: unclosed' })),
    );
    expect(await action.plan(input())).toEqual({ kind: 'cannot', summary: expect.stringContaining('parse error') });
    expect(action.problems(input({ holds: 'valu < 1' }))).toEqual(['holds']);
    expect(action.problems(input({ holds: '${{ value }}' }))).toEqual(['holds']);
    expect(action.problems(input({ query: '', windowSeconds: -1 }))).toEqual(['query', 'windowSeconds']);
  });
});
