import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database/index.js';
import { open, SecretStore, seal } from '../../secrets/index.js';
import { AppError, type JsonObject } from '../../shared/index.js';
import { type KeptState, StateKeeper } from '../actions/opentofu/ports.js';

const LOCK_SECONDS = 60;

export class StateLockLost extends AppError {
  readonly code = 'orchestrator.state_lock_lost';
}

interface Row {
  key_ref: string | null;
  sealed: Buffer | null;
  applied: JsonObject | null;
  applied_by: string | null;
}

/** States in the database, each sealed with a key of its own that the secret store has. */
@Injectable()
export class SealedStates extends StateKeeper {
  constructor(
    private readonly transactions: Transactions,
    private readonly secrets: SecretStore,
  ) {
    super();
  }

  async load(id: string): Promise<KeptState> {
    const row = await this.row(id);
    const { applied = null, applied_by: appliedBy = null } = row ?? {};
    if (row?.sealed == null || row.key_ref === null) return { text: null, applied, appliedBy };
    const key = keyIn(await this.secrets.get(row.key_ref));
    return { text: open(key, row.sealed, id).toString('utf8'), applied, appliedBy };
  }

  async lock(id: string, holder: string): Promise<boolean> {
    const rows = await this.transactions.query<{ id: string }>(
      `insert into opentofu_states as kept (id, locked_by, locked_until) values ($1, $2, now() + make_interval(secs => $3))
       on conflict (id) do update set locked_by = $2, locked_until = now() + make_interval(secs => $3)
       where kept.locked_by is null or kept.locked_by = $2 or kept.locked_until < now()
       returning id`,
      [id, holder, LOCK_SECONDS],
    );
    return rows.length > 0;
  }

  async unlock(id: string, holder: string): Promise<void> {
    await this.transactions.query(
      'update opentofu_states set locked_by = null, locked_until = null where id = $1 and locked_by = $2',
      [id, holder],
    );
    await this.transactions.query(
      'delete from opentofu_states where id = $1 and locked_by is null and sealed is null and applied is null',
      [id],
    );
  }

  async save(id: string, holder: string, text: string): Promise<void> {
    const ref = (await this.row(id))?.key_ref ?? (await this.newKey(id));
    const key = keyIn(await this.secrets.get(ref));
    await this.write(id, holder, 'sealed = $3, key_ref = $4', [seal(key, Buffer.from(text, 'utf8'), id), ref]);
  }

  async noteApplied(id: string, holder: string, applied: JsonObject, by: string): Promise<void> {
    await this.write(id, holder, 'applied = $3, applied_by = $4', [JSON.stringify(applied), by]);
  }

  async forget(id: string, holder: string): Promise<void> {
    const ref = (await this.row(id))?.key_ref ?? null;
    await this.write(id, holder, 'sealed = null, key_ref = null, applied = null, applied_by = null', []);
    if (ref !== null) await this.secrets.remove(ref);
  }

  private async row(id: string): Promise<Row | undefined> {
    const [row] = await this.transactions.query<Row>(
      'select key_ref, sealed, applied, applied_by from opentofu_states where id = $1',
      [id],
    );
    return row;
  }

  private newKey(id: string): Promise<string> {
    const data = { key: randomBytes(32).toString('base64') };
    const path = `opentofu/${id.replace(/[^\w.-]/g, '_')}`;
    return this.secrets.put(path, data, { idempotencyKey: `${path}:${randomBytes(8).toString('hex')}` });
  }

  private async write(id: string, holder: string, what: string, values: readonly unknown[]): Promise<void> {
    const rows = await this.transactions.query<{ id: string }>(
      `update opentofu_states set ${what}, version = version + 1, changed_at = now()
       where id = $1 and locked_by = $2 and locked_until > now() returning id`,
      [id, holder, ...values],
    );
    if (rows.length === 0)
      throw new StateLockLost('Somebody else took over this workspace meanwhile. Nothing was written by this attempt.');
  }
}

function keyIn(data: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(data.key ?? '', 'base64');
}
