import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  base64Key,
  clusters,
  flag,
  httpUrl,
  listed,
  packages,
  port,
  postgresUrl,
  program,
  programs,
  repositories,
  repository,
  text,
} from './env-values.js';

const variables = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: text.default('127.0.0.1'),
  PORT: port.default(3000),
  PUBLIC_URL: httpUrl.optional(),
  DATA_DIR: text.default('.quartermaster'),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).optional(),
  RUNS_AT_ONCE: z.coerce.number().int().min(1).max(250).default(50),
  SHUTDOWN_GRACE_SECONDS: z.coerce.number().int().min(1).max(600).default(20),
  EXECUTOR_ID: text.regex(/^[a-zA-Z0-9_.-]+$/).optional(),

  DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(4).max(200).default(20),
  EMBEDDED_POSTGRES_PORT: port.default(54_329),
  PROVISION_POSTGRES_URL: postgresUrl.optional(),
  PROVISION_POSTGRES_ADDRESS: text.regex(/^[a-zA-Z0-9.-]+:\d{1,5}$/, 'must look like db.example.org:5432').optional(),

  POSTGRES_BACKUP_DIR: text.optional(),
  FEATURE_FLAGS_DIR: text.optional(),

  SLACK_BOT_TOKEN: text.startsWith('xoxb-').optional(),
  SLACK_APP_TOKEN: text.startsWith('xapp-').optional(),
  SLACK_SIGNING_SECRET: text.optional(),
  SLACK_TEAM_ID: text.optional(),
  SLACK_API_URL: httpUrl.optional(),
  SLACK_COMMAND: z
    .string()
    .regex(/^\/[a-z0-9_-]{1,31}$/, 'must look like /qm')
    .default('/qm'),
  SLACK_AUDIT_CHANNEL: text.default('audit'),
  SLACK_REQUESTS_CHANNEL: text.default('general'),
  SLACK_INCIDENTS_CHANNEL: text.default('incidents'),
  PLAYGROUND_PORT: port.default(4390),
  PLAYGROUND_SOCKET_MODE: flag.default(false),

  VAULT_ADDR: httpUrl.optional(),
  VAULT_TOKEN: text.optional(),
  VAULT_ROLE_ID: text.optional(),
  VAULT_SECRET_ID: text.optional(),
  VAULT_NAMESPACE: text.optional(),
  VAULT_KV_MOUNT: text.default('secret'),
  VAULT_PATH_PREFIX: text.default('quartermaster'),
  LOCAL_SECRETS_KEY: base64Key.optional(),
  AUDIT_SIGNING_KEY: text.optional(),

  HTTP_ALLOWED_HOSTS: listed.default([]),
  OPA_TOKEN: text.optional(),
  EXEC_PROGRAMS: programs.default({}),
  ACTION_PACKAGES: packages.default([]),
  OPENTOFU_PROGRAM: program.optional(),
  HELM_PROGRAM: program.optional(),
  KUBERNETES_CONFIG: text.optional(),
  KUBERNETES_CLUSTERS: clusters.default({}),
  GIT_REPOSITORIES: repositories.default([]),
  GIT_REPOSITORIES_DIR: text.optional(),
  GIT_REPOSITORIES_URL: text.optional(),

  CATALOG_DIR: text.default('catalog'),
  RUNBOOKS_DIR: text.default('runbooks'),
  CATALOG_GIT_URL: repository.optional(),
  CATALOG_GIT_REF: text
    .regex(/^(?!-)(?!.*\.\.)[\w./-]{1,200}$/, 'must be a branch, a tag or a whole commit')
    .default('main'),
  METRICS_TOKEN: text.optional(),
  EVENTS_TOKEN: text.min(16).optional(),
});

type Variables = z.infer<typeof variables>;

/** How the bot reaches Slack: a real workspace (or any compatible server), or the playground it starts itself. */
export type SlackConnection =
  | { kind: 'workspace'; botToken: string; apiUrl?: string; teamId?: string; transport: SlackTransport }
  | { kind: 'playground'; port: number; socketMode: boolean };

export type SlackTransport = { mode: 'http'; signingSecret: string } | { mode: 'socket'; appToken: string };

export type SecretsBackend =
  | { kind: 'local'; key?: string }
  | { kind: 'vault'; address: string; namespace?: string; mount: string; prefix: string; login: VaultLogin };

export type VaultLogin = { method: 'token'; token: string } | { method: 'approle'; roleId: string; secretId: string };

/** The whole configuration, parsed once. Everything that depends on the environment is told through this value. */
export interface Env {
  mode: Variables['NODE_ENV'];
  host: string;
  port: number;
  publicUrl?: string;
  dataDir: string;
  log: { level: Variables['LOG_LEVEL']; format: 'json' | 'pretty' };
  /** Runs of requests that work at the same time, over all replicas. */
  runsAtOnce: number;
  shutdownGraceSeconds: number;
  executorId?: string;
  database: { url?: string; poolSize: number; embeddedPort: number };
  provisionPostgresUrl?: string;
  /** `host:port` by which people reach that server, where it is another one than ours. */
  provisionPostgresAddress?: string;
  /** Where postgres:backup writes; all replicas have to see the same folder. */
  postgresBackupDir: string;
  /** Files of flags that flagd watches and feature-flag:set changes. */
  featureFlagsDir?: string;
  slack: SlackConnection;
  slackCommand: string;
  channels: { audit: string; requests: string; incidents: string };
  secrets: SecretsBackend;
  auditSigningKey?: string;
  /** Servers that steps and files may talk to; nothing else is reached. */
  httpAllowedHosts: readonly string[];
  /** For OPA servers that rules ask. */
  opaToken?: string;
  /** Programs that steps may run: names to absolute paths. */
  execPrograms: Readonly<Record<string, string>>;
  /** Packages of actions that others wrote: names, or paths. */
  actionPackages: readonly string[];
  /** OpenTofu (or Terraform) and Helm, by their whole paths. */
  opentofuProgram?: string;
  helmProgram?: string;
  /** Clusters that steps may use: names to contexts of a kubeconfig file. */
  clusters: { kubeconfig?: string; contexts: Readonly<Record<string, string>> };
  /** Git repositories, or folders of them, that steps and forms may use; where new ones are made, and how people clone those. */
  git: { repositories: readonly string[]; newDir: string; newUrl?: string };
  catalogDir: string;
  runbooksDir: string;
  /** Where both come from, and the folder into which they are fetched. */
  catalogGit?: { url: string; ref: string; folder: string };
  metricsToken?: string;
  /** What other systems show when they tell an event. */
  eventsToken?: string;
}

/** For commands that need nothing else of the environment. @throws InvalidEnvironment */
export function readActionPackages(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const read = packages.default([]).safeParse(environment.ACTION_PACKAGES);
  if (!read.success) throw new InvalidEnvironment(read.error.issues.map(({ message }) => `ACTION_PACKAGES ${message}`));
  return read.data;
}

/** Every problem of the environment at once, by variable name; never a value, which might be a secret. */
export class InvalidEnvironment extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The environment is not valid; nothing was started.\n${problems.map((line) => `  - ${line}`).join('\n')}\n` +
        'Every variable is described in .env.example.',
    );
    this.name = 'InvalidEnvironment';
  }
}

/**
 * Reads the configuration from environment variables. Unset or empty means "embedded": own PostgreSQL, local secrets, playground.
 * @throws InvalidEnvironment naming every variable that is wrong and how to fix it.
 */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const own = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new InvalidEnvironment([...own, ...combinationProblems(given)]);
  }
  const problems = combinationProblems(given);
  if (problems.length > 0) throw new InvalidEnvironment(problems);
  return assemble(parsed.data);
}

/** The one place that touches `process.env`. */
export function readEnv(): Env {
  return parseEnv(process.env);
}

function combinationProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const problems: string[] = [];
  const has = (name: string): boolean => given[name] !== undefined;
  const slackPart = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_API_URL', 'SLACK_TEAM_ID'].filter(has);
  if (!has('SLACK_BOT_TOKEN') && slackPart.length > 0) {
    problems.push(
      `SLACK_BOT_TOKEN: must be set when ${slackPart.join(', ')} is set; leave all of them out to use the playground`,
    );
  }
  if (has('SLACK_BOT_TOKEN') && !has('SLACK_APP_TOKEN') && !has('SLACK_SIGNING_SECRET')) {
    problems.push('SLACK_SIGNING_SECRET: set it for signed HTTP, or set SLACK_APP_TOKEN for Socket Mode');
  }
  const wantsFile = (given.KUBERNETES_CLUSTERS ?? '')
    .split(',')
    .some((entry) => entry.trim() !== '' && !/=in-cluster\s*$/.test(entry));
  if (wantsFile && !has('KUBERNETES_CONFIG'))
    problems.push('KUBERNETES_CONFIG: must name the kubeconfig file that has the contexts of KUBERNETES_CLUSTERS');
  if (given.NODE_ENV === 'production') {
    if (!has('SLACK_BOT_TOKEN'))
      problems.push('SLACK_BOT_TOKEN: must be set in production; the playground refuses to run there');
    if (!has('DATABASE_URL'))
      problems.push('DATABASE_URL: must be set in production; the embedded server is for one machine');
    if (!has('PUBLIC_URL')) problems.push('PUBLIC_URL: must be set in production; people open one-time links there');
  }
  for (const name of ['CATALOG_DIR', 'RUNBOOKS_DIR'] as const)
    if (has('CATALOG_GIT_URL') && /^\/|(^|\/)\.\.(\/|$)/.test(given[name] ?? ''))
      problems.push(
        `${name}: must be a folder in the repository when CATALOG_GIT_URL is set, like ${name === 'CATALOG_DIR' ? 'catalog' : 'runbooks'}`,
      );
  const approle = ['VAULT_ROLE_ID', 'VAULT_SECRET_ID'].filter(has);
  if (approle.length === 1) problems.push('VAULT_ROLE_ID and VAULT_SECRET_ID: set both, or neither');
  if (has('VAULT_ADDR') && !has('VAULT_TOKEN') && approle.length === 0) {
    problems.push('VAULT_TOKEN: set it, or VAULT_ROLE_ID and VAULT_SECRET_ID, when VAULT_ADDR is set');
  }
  if (!has('VAULT_ADDR') && (has('VAULT_TOKEN') || approle.length > 0)) {
    problems.push('VAULT_ADDR: must be set when a Vault login is given');
  }
  return problems;
}

function assemble(v: Variables): Env {
  return {
    mode: v.NODE_ENV,
    host: v.HOST,
    port: v.PORT,
    ...(v.PUBLIC_URL !== undefined && { publicUrl: v.PUBLIC_URL.replace(/\/+$/, '') }),
    dataDir: resolve(v.DATA_DIR),
    log: { level: v.LOG_LEVEL, format: v.LOG_FORMAT ?? (v.NODE_ENV === 'development' ? 'pretty' : 'json') },
    runsAtOnce: v.RUNS_AT_ONCE,
    shutdownGraceSeconds: v.SHUTDOWN_GRACE_SECONDS,
    ...(v.EXECUTOR_ID !== undefined && { executorId: v.EXECUTOR_ID }),
    database: {
      ...(v.DATABASE_URL !== undefined && { url: v.DATABASE_URL }),
      poolSize: v.DATABASE_POOL_SIZE,
      embeddedPort: v.EMBEDDED_POSTGRES_PORT,
    },
    ...(v.PROVISION_POSTGRES_URL !== undefined && { provisionPostgresUrl: v.PROVISION_POSTGRES_URL }),
    ...(v.PROVISION_POSTGRES_ADDRESS !== undefined && { provisionPostgresAddress: v.PROVISION_POSTGRES_ADDRESS }),
    postgresBackupDir: resolve(v.POSTGRES_BACKUP_DIR ?? join(v.DATA_DIR, 'backups')),
    ...(v.FEATURE_FLAGS_DIR !== undefined && { featureFlagsDir: resolve(v.FEATURE_FLAGS_DIR) }),
    slack: slackOf(v),
    slackCommand: v.SLACK_COMMAND,
    channels: {
      audit: v.SLACK_AUDIT_CHANNEL,
      requests: v.SLACK_REQUESTS_CHANNEL,
      incidents: v.SLACK_INCIDENTS_CHANNEL,
    },
    secrets: secretsOf(v),
    ...(v.AUDIT_SIGNING_KEY !== undefined && { auditSigningKey: v.AUDIT_SIGNING_KEY }),
    httpAllowedHosts: v.HTTP_ALLOWED_HOSTS,
    ...(v.OPA_TOKEN !== undefined && { opaToken: v.OPA_TOKEN }),
    execPrograms: v.EXEC_PROGRAMS,
    actionPackages: v.ACTION_PACKAGES,
    ...(v.OPENTOFU_PROGRAM !== undefined && { opentofuProgram: v.OPENTOFU_PROGRAM }),
    ...(v.HELM_PROGRAM !== undefined && { helmProgram: v.HELM_PROGRAM }),
    clusters: {
      ...(v.KUBERNETES_CONFIG !== undefined && { kubeconfig: resolve(v.KUBERNETES_CONFIG) }),
      contexts: v.KUBERNETES_CLUSTERS,
    },
    git: {
      repositories: v.GIT_REPOSITORIES,
      newDir: resolve(v.GIT_REPOSITORIES_DIR ?? join(v.DATA_DIR, 'git')),
      ...(v.GIT_REPOSITORIES_URL !== undefined && { newUrl: v.GIT_REPOSITORIES_URL }),
    },
    ...filesOf(v),
    ...(v.METRICS_TOKEN !== undefined && { metricsToken: v.METRICS_TOKEN }),
    ...(v.EVENTS_TOKEN !== undefined && { eventsToken: v.EVENTS_TOKEN }),
  };
}

/** With a Git repository, the folders are those in it. */
function filesOf(v: Variables): Pick<Env, 'catalogDir' | 'runbooksDir' | 'catalogGit'> {
  if (v.CATALOG_GIT_URL === undefined)
    return { catalogDir: resolve(v.CATALOG_DIR), runbooksDir: resolve(v.RUNBOOKS_DIR) };
  const folder = resolve(v.DATA_DIR, 'catalog-git');
  const current = join(folder, 'current');
  return {
    catalogDir: join(current, v.CATALOG_DIR),
    runbooksDir: join(current, v.RUNBOOKS_DIR),
    catalogGit: { url: v.CATALOG_GIT_URL, ref: v.CATALOG_GIT_REF, folder },
  };
}

function slackOf(v: Variables): SlackConnection {
  if (v.SLACK_BOT_TOKEN === undefined) {
    return { kind: 'playground', port: v.PLAYGROUND_PORT, socketMode: v.PLAYGROUND_SOCKET_MODE };
  }
  return {
    kind: 'workspace',
    botToken: v.SLACK_BOT_TOKEN,
    ...(v.SLACK_API_URL !== undefined && { apiUrl: v.SLACK_API_URL }),
    ...(v.SLACK_TEAM_ID !== undefined && { teamId: v.SLACK_TEAM_ID }),
    transport:
      v.SLACK_APP_TOKEN === undefined
        ? { mode: 'http', signingSecret: v.SLACK_SIGNING_SECRET ?? '' }
        : { mode: 'socket', appToken: v.SLACK_APP_TOKEN },
  };
}

function secretsOf(v: Variables): SecretsBackend {
  if (v.VAULT_ADDR === undefined)
    return { kind: 'local', ...(v.LOCAL_SECRETS_KEY !== undefined && { key: v.LOCAL_SECRETS_KEY }) };
  return {
    kind: 'vault',
    address: v.VAULT_ADDR,
    ...(v.VAULT_NAMESPACE !== undefined && { namespace: v.VAULT_NAMESPACE }),
    mount: v.VAULT_KV_MOUNT,
    prefix: v.VAULT_PATH_PREFIX,
    login:
      v.VAULT_ROLE_ID !== undefined && v.VAULT_SECRET_ID !== undefined
        ? { method: 'approle', roleId: v.VAULT_ROLE_ID, secretId: v.VAULT_SECRET_ID }
        : { method: 'token', token: v.VAULT_TOKEN ?? '' },
  };
}
