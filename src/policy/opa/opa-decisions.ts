import type { OpaDecision } from '../rules/rule-document.js';
import type { RuleFacts } from '../rules/rule-facts.js';
import { none, type OpaAnswer } from './opa-answer.js';
import type { OpaBundles } from './opa-bundles.js';
import type { OpaServer } from './opa-server.js';

/** Decisions made by OPA: by a server, or by a compiled bundle. Never throws. */
export class OpaDecisions {
  constructor(
    private readonly server: OpaServer,
    private readonly bundles: OpaBundles,
    private readonly close: () => Promise<void> = () => Promise.resolve(),
  ) {}

  async ask({ url, bundle, path, timeoutMs }: OpaDecision, facts: RuleFacts): Promise<OpaAnswer> {
    if (url !== undefined) return this.server.ask({ url, path, timeoutMs }, facts);
    if (bundle !== undefined) return this.bundles.ask({ bundle, path, timeoutMs }, facts);
    return none('the rule names neither a server nor a bundle');
  }

  /** Nest calls it. */
  async onModuleDestroy(): Promise<void> {
    await this.close();
  }
}
