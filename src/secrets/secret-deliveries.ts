import { createHash, randomInt } from 'node:crypto';
import type { SubjectRef } from '../platform/changes/index.js';
import type { Transactions, Tx } from '../platform/database/index.js';
import { AppError, type Ids } from '../shared/index.js';
import type { DeliveryEntry, DeliveryJournal } from './delivery-journal.js';
import type { SecretData, SecretRef, SecretStore } from './secret-store.js';

export const DELIVERY_TTL_SECONDS = 600;
const MAX_ATTEMPTS = 5;
/** In {@link DELIVERY_TTL_SECONDS}, for one person. */
const MAX_DELIVERIES = 10;

export class DeliveryRefused extends AppError {
  readonly code = 'secrets.delivery_refused';
}

export type Delivery =
  | { kind: 'link'; url: string; expiresAt: Date }
  | { kind: 'wrapped'; command: string; expiresAt: Date };

export type DeliveryState = 'issued' | 'asked' | 'confirmed' | 'rejected' | 'used';

interface Row {
  id: string;
  secret_ref: string;
  person_id: string;
  subject_kind: SubjectRef['kind'];
  subject_id: string;
  /** What people call it. */
  subject_title: string | null;
  state: DeliveryState;
  browser_hash: string | null;
  number: string | null;
  attempts: number;
  trace_id: string;
  expires_at: Date;
  expired: boolean;
  seconds_left: number;
}

const USED = 'This link was used already. Ask for a new one from the card.';
const IN_USE =
  'This link is already in use in a browser. If that was not you, press “Not me” in Slack and ask for a new one from the card.';
const COLUMNS = '*, expires_at <= now() as expired, extract(epoch from expires_at - now())::float8 as seconds_left';

/**
 * Hands a secret to one person without passing it through Slack: with Vault a wrapped token, otherwise a link that works once,
 * within ten minutes, in one browser, after that person confirmed in Slack the number which that browser shows.
 */
export class SecretDeliveries {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: SecretStore,
    private readonly journal: DeliveryJournal,
    private readonly ids: Ids,
    private readonly publicUrl: () => string,
  ) {}

  /** Whether browsers reach the links encrypted, so that the cookie can insist on it. */
  get overHttps(): boolean {
    return this.publicUrl().startsWith('https:');
  }

  /** The caller has made sure that this person may have this secret. */
  async issue(wish: {
    ref: SecretRef;
    personId: string;
    subject: SubjectRef;
    title?: string;
    traceId: string;
  }): Promise<Delivery> {
    const id = this.ids.next('del');
    await this.refuseFloods(wish.personId);
    const wrapped = await this.store.wrap(wish.ref, DELIVERY_TTL_SECONDS);
    const token = this.ids.token();
    const expiresAt = await this.transactions.run(async (tx) => {
      const [row] = await tx.query<{ expires_at: Date }>(
        `insert into secret_deliveries (id, token_hash, secret_ref, person_id, subject_kind, subject_id, state, trace_id, expires_at, subject_title)
         values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9), $10) returning expires_at`,
        [
          id,
          hashOf(token),
          wish.ref,
          wish.personId,
          wish.subject.kind,
          wish.subject.id,
          wrapped === null ? 'issued' : 'used',
          wish.traceId,
          DELIVERY_TTL_SECONDS,
          wish.title ?? null,
        ],
      );
      await this.journal.record(tx, {
        type: 'secret.delivery_issued',
        deliveryId: id,
        ...wish,
        summary: `was given a way to fetch the credentials of ${wish.subject.id}, once, within 10 minutes`,
      });
      return row?.expires_at ?? new Date(0);
    });
    if (wrapped !== null) return { kind: 'wrapped', command: wrapped.command, expiresAt };
    return { kind: 'link', url: `${this.publicUrl()}/secrets/${token}`, expiresAt };
  }

  /** What a visitor of the link may know: that it is good, and for how long. Reveals nothing, changes nothing. */
  async look(token: string): Promise<{ state: DeliveryState; title: string; secondsLeft: number }> {
    const row = await this.byToken(token);
    return { state: row.state, title: row.subject_title ?? row.subject_id, secondsLeft: row.seconds_left };
  }

  /**
   * Binds the link to this browser and asks its person in Slack. The number is shown in the browser. The browser that began
   * may load its page again and sees the same number.
   */
  async begin(token: string, knownBrowser?: string): Promise<{ number: string; browserToken: string }> {
    const browserToken = this.ids.token();
    const number = String(randomInt(10, 100));
    return this.transactions.run(async (tx) => {
      const row = await this.byToken(token, tx);
      if (knownBrowser !== undefined && row.number !== null && isWaiting(row, knownBrowser))
        return { number: row.number, browserToken: knownBrowser };
      const [claimed] = await tx.query<{ id: string }>(
        `update secret_deliveries set state = 'asked', browser_hash = $2, number = $3 where id = $1 and state = 'issued' returning id`,
        [row.id, hashOf(browserToken), number],
      );
      if (claimed === undefined) throw new DeliveryRefused(row.state === 'used' ? USED : IN_USE);
      await this.journal.ask(tx, { personId: row.person_id, deliveryId: row.id, number, subject: subjectOf(row) });
      await this.note(
        tx,
        row,
        'secret.delivery_opened',
        'opened the link in a browser and was asked in Slack whether it is theirs',
      );
      return { number, browserToken };
    });
  }

  /** The answer from Slack. Only the person it is for, only the number that the browser shows. */
  async confirm(answer: { deliveryId: string; personId: string; number: string }): Promise<void> {
    await this.answer(
      answer,
      'confirmed',
      'secret.delivery_confirmed',
      'confirmed in Slack that the browser is theirs',
    );
  }

  async reject(answer: { deliveryId: string; personId: string }): Promise<void> {
    await this.answer(
      answer,
      'rejected',
      'secret.delivery_rejected',
      'said in Slack that the browser is not theirs; the link is dead',
    );
  }

  /** The value, once, for the browser that began and only after the confirmation; null while it is still awaited. */
  async collect(token: string, browserToken: string): Promise<SecretData | null> {
    const row = await this.byToken(token);
    if (row.browser_hash !== hashOf(browserToken))
      throw new DeliveryRefused('This link was opened in another browser. Ask for a new one from the card.');
    if (row.state === 'asked') return null;
    if (row.state === 'rejected')
      throw new DeliveryRefused('The person this link is for said that this browser is not theirs. Nothing was shown.');
    const data = row.state === 'confirmed' ? await this.store.get(row.secret_ref) : null;
    const won = await this.transactions.run(async (tx) => {
      const [used] = await tx.query<{ id: string }>(
        `update secret_deliveries set state = 'used' where id = $1 and state = 'confirmed' returning id`,
        [row.id],
      );
      if (used !== undefined)
        await this.note(tx, row, 'secret.fetched', `fetched the credentials of ${row.subject_id}`);
      return used !== undefined;
    });
    if (!won || data === null) throw new DeliveryRefused(USED);
    return data;
  }

  private async answer(
    answer: { deliveryId: string; personId: string; number?: string },
    state: DeliveryState,
    type: DeliveryEntry['type'],
    summary: string,
  ): Promise<void> {
    const refused = await this.transactions.run(async (tx) => {
      const [row] = await tx.query<Row>(`select ${COLUMNS} from secret_deliveries where id = $1 for update`, [
        answer.deliveryId,
      ]);
      if (row?.person_id !== answer.personId) return 'This question is for somebody else.';
      if (row.expired || row.state !== 'asked')
        return 'This was settled already, or its ten minutes are over. Ask for a new link from the card.';
      if (answer.number !== undefined && answer.number !== row.number) {
        const attempts = row.attempts + 1;
        await tx.query('update secret_deliveries set attempts = $2, state = $3 where id = $1', [
          row.id,
          attempts,
          attempts >= MAX_ATTEMPTS ? 'rejected' : row.state,
        ]);
        return 'That is not the number in the browser. Nothing was shown.';
      }
      await tx.query('update secret_deliveries set state = $2 where id = $1', [row.id, state]);
      await this.note(tx, row, type, summary);
      return null;
    });
    if (refused !== null) throw new DeliveryRefused(refused);
  }

  private async refuseFloods(personId: string): Promise<void> {
    const [recent] = await this.transactions.query<{ count: number }>(
      'select count(*)::int as count from secret_deliveries where person_id = $1 and created_at > now() - make_interval(secs => $2)',
      [personId, DELIVERY_TTL_SECONDS],
    );
    if ((recent?.count ?? 0) >= MAX_DELIVERIES)
      throw new DeliveryRefused(
        'You asked for credentials very often in the last ten minutes. Nothing was lost; try again a little later.',
      );
  }

  private async byToken(token: string, tx?: Tx): Promise<Row> {
    const [row] = await (tx ?? this.transactions).query<Row>(
      `select ${COLUMNS} from secret_deliveries where token_hash = $1`,
      [hashOf(token)],
    );
    if (row === undefined || row.expired)
      throw new DeliveryRefused(
        'This link is not valid, or its ten minutes are over. Ask for a new one from the card.',
      );
    return row;
  }

  private note(tx: Tx, row: Row, type: DeliveryEntry['type'], summary: string): Promise<void> {
    return this.journal.record(tx, {
      type,
      personId: row.person_id,
      subject: subjectOf(row),
      deliveryId: row.id,
      traceId: row.trace_id,
      summary,
    });
  }
}

function isWaiting(row: Row, browserToken: string): boolean {
  return (row.state === 'asked' || row.state === 'confirmed') && row.browser_hash === hashOf(browserToken);
}

function subjectOf(row: Row): SubjectRef {
  return { kind: row.subject_kind, id: row.subject_id };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
