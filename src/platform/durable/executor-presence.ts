import { createHash } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import { messageOf } from '../../shared/index.js';
import type { DurableLogger } from './durable-logger.js';

const RECONNECT_MILLISECONDS = 1_000;
const MAX_NAMESAKES = 64;
const START_LOCK = 7_263_518_843;
const TURN_MILLISECONDS = 100;

/**
 * Who is alive: each executor holds a session advisory lock on its id for as long as its process and its connection live.
 * PostgreSQL gives the lock back when either dies, and then anybody may take over that id's workflows.
 */
export class ExecutorPresence {
  private closing = false;

  private constructor(
    private readonly databaseUrl: string,
    readonly executorId: string,
    private connection: pg.Client | null,
    private readonly logger: DurableLogger,
  ) {
    if (connection !== null) this.watch(connection);
  }

  /** Takes the preferred id, or `<id>-2`, `<id>-3` … while a living process holds it. */
  static async take(databaseUrl: string, preferred: string, logger: DurableLogger): Promise<ExecutorPresence> {
    const connection = await connect(databaseUrl);
    for (let n = 1; n <= MAX_NAMESAKES; n += 1) {
      const id = n === 1 ? preferred : `${preferred}-${n}`;
      if (await tryLock(connection, id)) return new ExecutorPresence(databaseUrl, id, connection, logger);
    }
    await connection.end();
    throw new Error(
      `More than ${MAX_NAMESAKES} living replicas share the executor id ${preferred}. Give each its own EXECUTOR_ID.`,
    );
  }

  get held(): boolean {
    return this.connection !== null;
  }

  /** Resumes pending workflows whose executor holds no lock any more. Answers how many. */
  async takeOverDead(): Promise<number> {
    const connection = this.connection;
    if (connection === null) return 0;
    const pending = await DBOS.listWorkflows({ status: 'PENDING', loadInput: false, loadOutput: false });
    const owners = new Set(
      pending
        .map((workflow) => workflow.executorId)
        .filter((id): id is string => id !== undefined && id !== this.executorId),
    );
    let resumed = 0;
    for (const owner of owners) {
      if (!(await tryLock(connection, owner))) continue;
      try {
        // Asked again under the lock: only what is still pending, so that nothing cancelled or finished meanwhile is revived.
        const orphans = await DBOS.listWorkflows({
          status: 'PENDING',
          executorId: owner,
          loadInput: false,
          loadOutput: false,
        });
        const ids = orphans.map((workflow) => workflow.workflowID);
        if (ids.length > 0) await DBOS.resumeWorkflows(ids);
        resumed += ids.length;
        this.logger.info(`Took over ${ids.length} workflows of ${owner}, which is gone.`);
      } finally {
        await unlock(connection, owner);
      }
    }
    return resumed;
  }

  /** Nobody else does it at the same time: what the engine changes in its tables at its start. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { connection } = this;
    if (connection === null) return work();
    // Asked again and again: a statement that waits would hold up the indexes that the other one makes concurrently.
    while (!(await tryStart(connection))) await new Promise((wake) => setTimeout(wake, TURN_MILLISECONDS));
    try {
      return await work();
    } finally {
      await unlockStart(connection);
    }
  }

  async release(): Promise<void> {
    this.closing = true;
    const connection = this.connection;
    this.connection = null;
    await connection?.end().catch(() => undefined);
  }

  private watch(connection: pg.Client): void {
    let lost = false;
    const onLost = (error?: unknown): void => {
      if (lost || this.closing) return;
      lost = true;
      this.connection = null;
      this.logger.warn(
        `Lost the connection that shows this executor is alive (${error === undefined ? 'closed' : messageOf(error)}); taking it again.`,
      );
      void this.reconnect();
    };
    connection.on('error', onLost);
    connection.on('end', onLost);
  }

  private async reconnect(): Promise<void> {
    while (!this.closing) {
      try {
        const connection = await connect(this.databaseUrl);
        // Another replica may hold it for the moment of a take-over: wait for it, our own workflows were fenced meanwhile.
        await connection.query('select pg_advisory_lock($1)', [lockKey(this.executorId)]);
        this.connection = connection;
        this.watch(connection);
        return;
      } catch {
        await new Promise((wake) => setTimeout(wake, RECONNECT_MILLISECONDS));
      }
    }
  }
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const connection = new pg.Client({
    connectionString: databaseUrl,
    keepAlive: true,
    application_name: 'quartermaster-presence',
  });
  await connection.connect();
  return connection;
}

async function tryLock(connection: pg.Client, executorId: string): Promise<boolean> {
  const { rows } = await connection.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    lockKey(executorId),
  ]);
  return rows[0]?.locked ?? false;
}

async function unlock(connection: pg.Client, executorId: string): Promise<void> {
  await connection.query('select pg_advisory_unlock($1)', [lockKey(executorId)]);
}

async function tryStart(connection: pg.Client): Promise<boolean> {
  const { rows } = await connection.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    START_LOCK,
  ]);
  return rows[0]?.locked ?? false;
}

/** A connection that is lost has given the lock back. */
async function unlockStart(connection: pg.Client): Promise<void> {
  await connection.query('select pg_advisory_unlock($1)', [START_LOCK]).catch(() => undefined);
}

function lockKey(executorId: string): string {
  return createHash('sha256').update(`quartermaster-executor:${executorId}`).digest().readBigInt64BE(0).toString();
}
