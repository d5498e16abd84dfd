import type { Catalog, VersionStore } from '../catalog/index.js';
import { People, type SlackDirectory } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import type { Clock } from '../shared/index.js';
import { AccessBook } from './access-book.js';
import { NoIncidents } from './active-incidents.js';
import { connectOpa } from './opa/connect-opa.js';
import { Policy } from './policy.js';
import { ContentRules } from './rules/content-rules.js';
import { RuleBook } from './rules/rule-book.js';
import { RuleJudge } from './rules/rule-judge.js';
import { NoWaivers } from './waivers.js';

export interface FilePolicy {
  readonly policy: Policy;
  readonly rules: ContentRules;
  readonly people: People;
}

/**
 * The real policy over the files of a catalog, for commands that need no bot: without exceptions and without open incidents.
 * OPA bundles are asked, OPA servers are not. `directory` says who the people are that access.yaml names.
 */
export async function policyOfFiles(
  catalogDir: string,
  {
    catalog,
    versions,
    directory,
    clock,
  }: { catalog: Catalog; versions: VersionStore; directory: SlackDirectory; clock: Clock },
): Promise<FilePolicy> {
  const access = new AccessBook(catalogDir, catalog, versions);
  await access.reload();
  const book = new RuleBook(catalogDir, access, catalog, versions);
  await book.reload();
  const people = new People(directory, access, clock);
  const judge = new RuleJudge(connectOpa({ catalogDir, httpAllow: [] }));
  return {
    policy: new Policy(access, people),
    rules: new ContentRules(book, access, judge, new NoWaivers(), new NoIncidents(), clock, new Metrics()),
    people,
  };
}
