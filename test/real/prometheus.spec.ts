import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpApis } from '../../src/orchestrator/actions/api/api.js';
import { HttpTarget } from '../../src/orchestrator/actions/http/http-target.js';
import { prometheusQueryAction } from '../../src/orchestrator/actions/prometheus/query.action.js';
import { GuardedHttp, pauseFor } from '../../src/platform/http-client/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { freePort } from '../builders/free-port.js';
import { leftOut } from './left-out.js';

const { QM_REAL_PROMETHEUS_URL: given, QM_REAL_PROMETHEUS = '/usr/bin/prometheus' } = process.env;

describe('prometheus:query', () => {
  if (given === undefined && !existsSync(QM_REAL_PROMETHEUS)) {
    leftOut(
      'Prometheus',
      `${QM_REAL_PROMETHEUS} is not there; apt-get install prometheus, or set QM_REAL_PROMETHEUS_URL`,
    );
    return;
  }
  let server: ChildProcess | null = null;
  let folder: string;
  let url: string;
  let bench: ActionBench;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quartermaster-prometheus-'));
    url = given ?? `http://127.0.0.1:${await freePort()}`;
    if (given === undefined) server = start(new URL(url).host);
    const http = new HttpTarget(new GuardedHttp([url]), pauseFor);
    bench = new ActionBench(prometheusQueryAction(new HttpApis(http), { now: Date.now, pause: pauseFor }));
  });
  afterAll(async () => {
    if (server !== null) {
      const ended = new Promise((resolve) => server?.once('exit', resolve));
      server.kill();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  /** It looks at itself alone, every second. */
  function start(address: string): ChildProcess {
    const scrape = { job_name: 'itself', scrape_interval: '1s', static_configs: [{ targets: [address] }] };
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({ scrape_configs: [scrape] }));
    const flags = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`];
    return spawn(QM_REAL_PROMETHEUS, [...flags, `--web.listen-address=${address}`], { stdio: 'ignore' });
  }
  const input = (query: string, holds: string, more = {}) => ({
    server: { url },
    query,
    holds,
    everySeconds: 1,
    ...more,
  });

  it('waits until a metric is there, then goes on only while it is as it should be', async () => {
    const up = input('count(up == 1)', 'value >= 1.0', { mode: 'once', windowSeconds: 120 });
    expect((await bench.apply(up, 'wait', { signal: AbortSignal.timeout(120_000) })).output).toMatchObject({
      value: expect.any(Number),
    });
    expect(await bench.plan(input('count(up == 1)', 'value >= 1.0'))).toMatchObject({ kind: 'none' });
    const steady = await bench.apply(input('count(up == 1)', 'value >= 1.0', { windowSeconds: 3 }), 'steady');
    expect(steady.output).toMatchObject({ bad: 0 });
    await expect(bench.apply(input('count(up == 1)', 'value > 1000000.0'), 'never')).rejects.toMatchObject({
      retryable: false,
    });
  });

  it('sees several series, one, none, and no number', async () => {
    expect((await bench.apply(input('vector(3)', 'count == 1 && value == 3.0'), 'one')).output).toMatchObject({
      value: 3,
    });
    const several = 'label_replace(vector(1), "a", "x", "", "") or label_replace(vector(2), "a", "y", "", "")';
    await bench.apply(input(several, 'count == 2 && values.all(one, one > 0.0)'), 'several');
    await bench.apply(input('metric_that_nobody_has', 'count == 0'), 'none');
    expect((await bench.plan(input('0/0', 'value < 1.0'))).details?.join()).toContain('which does not hold');
  });

  it('says what Prometheus says of a query that is none', async () => {
    expect(await bench.plan(input('sum(rate(', 'value < 1.0'))).toMatchObject({
      kind: 'cannot',
      summary: expect.stringMatching(/parse error/),
    });
  });
});
