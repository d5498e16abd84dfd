import { GuardedHttp, pauseFor } from '../../platform/http-client/index.js';
import { Programs } from '../../platform/programs/index.js';
import type { VaultDoor } from '../../secrets/index.js';
import type { AnyAction } from '../action.js';
import type { AnyLookup } from '../lookup.js';
import { HttpApis } from './api/api.js';
import { demoActions } from './demo/demo.actions.js';
import { CommandRunner } from './exec/command-runner.js';
import { ProgramList } from './exec/program-list.js';
import { execRunAction } from './exec/run.action.js';
import { FlagSources } from './feature-flag/flag-sources.js';
import { featureFlagSetAction } from './feature-flag/set.action.js';
import { branchesLookup } from './git/branches.lookup.js';
import { type GitOptions, gitActions, guardedGit } from './git/git.actions.js';
import type { Git } from './git/git-session.js';
import { Templates } from './git/template.js';
import { githubActions } from './github/github.actions.js';
import { grafanaActions } from './grafana/grafana.actions.js';
import { Charts } from './helm/charts.js';
import { HELM } from './helm/helm.js';
import { helmReleaseAction } from './helm/release.action.js';
import { HttpTarget } from './http/http-target.js';
import { httpRequestAction } from './http/request.action.js';
import { httpResourceAction } from './http/resource.action.js';
import { type ClusterOptions, Clusters } from './kubernetes/clusters.js';
import { kubernetesActions } from './kubernetes/kubernetes.actions.js';
import { ObjectSet } from './kubernetes/object-set.js';
import type { StateKeeper } from './opentofu/ports.js';
import { PROGRAM } from './opentofu/tofu.js';
import { opentofuWorkspaceAction } from './opentofu/workspace.action.js';
import { Workspaces } from './opentofu/workspace.js';
import type { BackupOptions } from './postgres/backups.js';
import { postgresActions } from './postgres/postgres.actions.js';
import { PostgresTarget } from './postgres/target.js';
import { prometheusQueryAction } from './prometheus/query.action.js';
import { LateSlack } from './slack/late-slack.js';
import type { SlackForSteps } from './slack/ports.js';
import { slackActions } from './slack/slack.actions.js';
import { vaultActions } from './vault/vault.actions.js';
import type { ConfirmationDesk, EventSource } from './wait/ports.js';
import { waitActions } from './wait/wait.actions.js';
import { realTime } from './wait/waiting.js';

export interface BuiltInOptions {
  /** Clusters that steps may use; see {@link Clusters}. */
  readonly clusters?: ClusterOptions;
  readonly confirmations?: ConfirmationDesk;
  readonly events?: EventSource;
  /** The server on which databases are made, as a role that may create roles and databases. */
  readonly postgresUrl: string;
  /** `host:port` by which people reach it, where that differs. */
  readonly postgresAddress?: string;
  readonly backups?: BackupOptions;
  /** Vault with our own login. */
  readonly vault?: VaultDoor;
  /** Files of flags that flagd watches. */
  readonly featureFlagsDir?: string;
  /** Servers that actions may talk to; see platform/http-client. */
  readonly httpAllow?: readonly string[];
  readonly git?: GitOptions;
  /** Asked for when it is used; null where no workspace is connected. */
  readonly slack?: () => SlackForSteps | null;
  /** OpenTofu or Terraform, by its whole path. */
  readonly opentofuProgram?: string;
  /** By its whole path. */
  readonly helmProgram?: string;
  /** Where `opentofu:workspace` keeps states, and downloaded providers. */
  readonly states?: StateKeeper;
  readonly pluginCacheDir?: string;
  /** What `exec:run` may run: names to absolute paths. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** Every action that comes with the product. */
export function builtInActions(options: BuiltInOptions): AnyAction[] {
  const postgres = new PostgresTarget(options.postgresUrl, options.postgresAddress);
  const http = new HttpTarget(new GuardedHttp(options.httpAllow ?? []));
  const apis = new HttpApis(http);
  return [
    ...postgresActions(postgres, options.backups ?? {}),
    execRunAction(new CommandRunner(new ProgramList(options.programs ?? {}))),
    httpRequestAction(http),
    httpResourceAction(http),
    ...grafanaActions(apis),
    prometheusQueryAction(apis, realTime),
    ...githubActions(apis, realTime),
    ...vaultActions(options.vault ?? null),
    featureFlagSetAction(new FlagSources(options.featureFlagsDir, http)),
    ...gitActions(gitOf(options), options.git),
    ...actionsOnClusters(options),
    opentofuWorkspaceAction(workspacesOf(options)),
    ...waitActions(options.confirmations ?? null, options.events ?? null),
    ...slackActions(new LateSlack(options.slack ?? (() => null))),
    ...demoActions(),
  ];
}

/** Every lookup that belongs to no action. */
export function builtInLookups(options: BuiltInOptions): AnyLookup[] {
  return [branchesLookup(gitOf(options))];
}

function gitOf({ git, httpAllow }: BuiltInOptions): Git {
  return guardedGit(git, httpAllow ?? []);
}

function workspacesOf(options: BuiltInOptions): Workspaces {
  const { states, opentofuProgram, pluginCacheDir } = options;
  const tools = {
    programs: new Programs(),
    list: new ProgramList(opentofuProgram === undefined ? {} : { [PROGRAM]: opentofuProgram }),
    templates: templatesOf(options),
    pluginCacheDir: pluginCacheDir ?? null,
  };
  return new Workspaces(tools, states ?? null);
}

function actionsOnClusters(options: BuiltInOptions): AnyAction[] {
  const { helmProgram, httpAllow } = options;
  const clusters = new Clusters(options.clusters);
  const set = new ObjectSet(clusters, pauseFor);
  const list = new ProgramList(helmProgram === undefined ? {} : { [HELM]: helmProgram });
  const charts = new Charts(templatesOf(options), new GuardedHttp(httpAllow ?? []));
  return [...kubernetesActions(set), helmReleaseAction({ programs: new Programs(), list, clusters }, charts, set)];
}

function templatesOf({ git }: BuiltInOptions): Templates {
  return new Templates(git?.templatesDir ?? null);
}
