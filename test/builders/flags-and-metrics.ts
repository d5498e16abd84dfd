import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToldServer } from './told-server.js';

const FILE = 'checkout.json';

/** A folder with a file of flags, and a Prometheus whose metric depends on what the flag `basket` serves. */
export class FlagsAndMetrics {
  /** By what the flag serves: a variant for everybody, or `10 %`. */
  metric: (serves: string) => number = () => 0;
  /** What it served at the looks of the metric, without repetitions in a row. */
  readonly seen: string[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'quartermaster-flags-'));

  private constructor(
    readonly prometheus: ToldServer,
    readonly others: Readonly<Record<string, unknown>>,
  ) {
    writeFileSync(join(this.folder, FILE), JSON.stringify({ flags: others }));
    prometheus.tell((_url, response) => {
      const { serves } = this;
      if (this.seen.at(-1) !== serves) this.seen.push(serves);
      const result = [{ metric: {}, value: [1_795_000_000.123, String(this.metric(serves))] }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
  }

  /** With another flag in the file, which nobody may touch. */
  static async start(): Promise<FlagsAndMetrics> {
    const other = { state: 'ENABLED', variants: { a: 1 }, defaultVariant: 'a' };
    return new FlagsAndMetrics(await ToldServer.start(), { other });
  }

  /** What a bot has to be told to use both. */
  get environment(): Record<string, string> {
    return { FEATURE_FLAGS_DIR: this.folder, HTTP_ALLOWED_HOSTS: this.prometheus.url };
  }

  get flags(): Record<string, Record<string, unknown>> {
    const { flags } = JSON.parse(readFileSync(join(this.folder, FILE), 'utf8')) as { flags: Record<string, never> };
    return flags;
  }

  get serves(): string {
    const { basket } = this.flags;
    if (basket === undefined) return 'nothing';
    const share = /\["on",(\d+)\]/.exec(JSON.stringify(basket))?.[1];
    return share === undefined ? String(basket.defaultVariant) : `${share} %`;
  }

  /** What is typed into the form of the rollout. */
  get wish(): Record<string, string> {
    return {
      'param:flag': 'basket',
      'param:file': FILE,
      'param:prometheus': this.prometheus.url,
      'param:query': 'sum(rate(checkout_errors_total[5m]))',
      'param:most': '0.02',
      environment: 'development',
    };
  }

  async stop(): Promise<void> {
    await this.prometheus.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
