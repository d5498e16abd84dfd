import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Json } from '../../shared/index.js';
import type { Tx } from '../database/index.js';
import { ClockWatch } from './clock-watch.js';
import type { DurableLogger } from './durable-logger.js';
import { ExecutorPresence } from './executor-presence.js';

/** Everything durable that the product runs, by the name it has in the database: renaming one orphans what is in flight. */
export type WorkflowName =
  | 'fulfil-request'
  | 'perform-run'
  | 'execute-run'
  | 'destroy-resource'
  | 'tend-resource'
  | 'remove-orphan'
  | 'open-incident'
  | 'playbook-step'
  | 'resolve-incident'
  | 'exception';

export type QueueName = 'requests' | 'runs' | 'incidents';

export type WorkflowHandler = (...args: Json[]) => Promise<unknown>;

export interface Job {
  workflow: WorkflowName;
  /** A business key such as `request:req-7k3m9q2x`: the same id is the same execution, however often it is enqueued. */
  id: string;
  args: Json[];
  queue?: QueueName;
}

export interface DurableOptions {
  databaseUrl: string;
  /** Prefer this id; another one is taken while somebody living holds it. */
  executorId: string;
  logger: DurableLogger;
  poolSize?: number;
  /** How long a stop waits for workflows in flight; they go on elsewhere or after the next start. */
  drainMilliseconds: number;
}

/**
 * Raise it when a workflow's sequence of steps changes in a way that a half-done execution can't follow:
 * workflows of an older version then wait for a replica of that version.
 */
const WORKFLOW_VERSION = 'quartermaster-3';
const APPLICATION = 'quartermaster';
/** Of a replica. Runs take turns before they come to their queue; those that rest there wait for people or events. */
const CONCURRENCY: Record<QueueName, number> = { requests: 100, runs: 300, incidents: 50 };
const POLL_MILLISECONDS = 100;
/** Who holds a transaction open and does nothing loses its connection. The engine's own way to say so would be a query that the first borrower's one runs into. */
const IDLE_IN_TRANSACTION_MILLISECONDS = 60_000;

/**
 * The durable engine (DBOS) as the rest of the product sees it: define workflows by name, enqueue them inside
 * the caller's own transaction, so that a workflow exists exactly when the change that wants it was committed.
 */
export class Durable {
  private readonly handlers = new Map<WorkflowName, WorkflowHandler>();
  private client: DBOSClient | null = null;
  private presence: ExecutorPresence | null = null;
  private clock: ClockWatch | null = null;

  constructor(private readonly options: DurableOptions) {}

  /** Registers a workflow; all must be defined before {@link launch}, or a recovery would not find them. */
  define(name: WorkflowName, handler: WorkflowHandler): void {
    this.handlers.set(name, DBOS.registerWorkflow(handler, { name }));
  }

  /** Takes an executor id, starts the engine, goes on with what a former life of this id left behind. */
  async launch(): Promise<void> {
    const { databaseUrl, logger, poolSize } = this.options;
    const connections = connectionsOf(databaseUrl);
    this.presence = await ExecutorPresence.take(databaseUrl, this.options.executorId, logger);
    DBOS.setConfig({
      name: APPLICATION,
      ...connections,
      systemDatabasePoolSize: poolSize ?? 10,
      applicationVersion: WORKFLOW_VERSION,
      executorID: this.presence.executorId,
      logger,
    });
    await this.presence.inTurn(launchEngine);
    this.client = await DBOSClient.create({
      ...connections,
      systemDatabasePoolSize: 2,
      logger,
      applicationName: APPLICATION,
    });
    this.clock = new ClockWatch((seconds) => {
      logger.error(
        `The machine’s clock was set back by ${seconds} s. No run is begun here until it is where it was; restart this process to go on at once.`,
      );
    });
  }

  /** Starts the workflow if and when the caller's transaction commits. The same id twice is one execution. */
  async enqueue(tx: Tx, job: Job): Promise<void> {
    await this.ready().enqueueInTransaction(
      tx.client,
      {
        workflowName: job.workflow,
        workflowID: job.id,
        queueName: job.queue ?? 'requests',
        appVersion: WORKFLOW_VERSION,
      },
      ...job.args,
    );
  }

  /** Runs a defined workflow as a child of the calling one and waits for its answer. The id makes a repetition harmless. */
  async runChild(name: WorkflowName, id: string, args: Json[]): Promise<unknown> {
    const handler = this.handlers.get(name);
    if (handler === undefined) throw new Error(`No workflow is defined under the name ${name}.`);
    const handle = await DBOS.startWorkflow(handler, { workflowID: id })(...args);
    return handle.getResult();
  }

  /** Resumes what dead executors left. Safe on every replica at any time: one advisory lock per executor decides who is dead. */
  async takeOverDead(): Promise<number> {
    return (await this.presence?.takeOverDead()) ?? 0;
  }

  /** Whether the engine can run workflows here, and if not why. */
  get health(): { ok: boolean; detail: string } {
    if (this.client === null || !(this.presence?.held ?? false))
      return { ok: false, detail: 'not launched, or its presence was lost' };
    const behind = this.clock?.secondsBehind ?? 0;
    if (behind > 0)
      return { ok: false, detail: `the machine’s clock was set back by ${behind} s: restart this process` };
    return { ok: true, detail: `executor ${this.executorId}` };
  }

  get executorId(): string {
    return this.presence?.executorId ?? this.options.executorId;
  }

  async shutdown(): Promise<void> {
    await DBOS.shutdown({ deregister: true, workflowCompletionTimeoutMS: this.options.drainMilliseconds });
    this.clock?.stop();
    await this.client?.destroy();
    this.client = null;
    await this.presence?.release();
    this.presence = null;
  }

  private ready(): DBOSClient {
    if (this.client === null) throw new Error('The durable engine is not launched.');
    return this.client;
  }
}

async function launchEngine(): Promise<void> {
  await DBOS.launch();
  for (const [name, globalConcurrency] of Object.entries(CONCURRENCY)) {
    await DBOS.registerQueue(name, {
      workerConcurrency: globalConcurrency,
      minPollingIntervalMs: POLL_MILLISECONDS,
      onConflict: 'always_update',
    });
  }
}

/** Where the engine connects to, with that limit as a parameter of the session itself. */
function connectionsOf(databaseUrl: string) {
  const url = new URL(databaseUrl);
  url.searchParams.set('idle_in_transaction_session_timeout', String(IDLE_IN_TRANSACTION_MILLISECONDS));
  return { systemDatabaseUrl: url.toString(), systemDatabaseIdleTransactionTimeoutMs: 0 };
}
