import { randomInt } from 'node:crypto';
import type { Transactions, Tx } from '../platform/database/index.js';
import type { Logger } from '../platform/logging/index.js';
import { AppError, type Ids } from '../shared/index.js';
import type { DeliveryEntry, DeliveryJournal } from './delivery-journal.js';
import { GIVEN_FIELD, GIVEN_FOLDER } from './given-secret.js';
import { hashOf, type Intake, IntakeStore, type IntakeWish, type Kept } from './intake.store.js';
import type { IntakeHome } from './intake-home.js';
import { refOf, type SecretRef, type SecretStore } from './secret-store.js';

export const INTAKE_TTL_SECONDS = 600;
const MAX_ATTEMPTS = 5;
/** In {@link INTAKE_TTL_SECONDS}, for one person. */
const MAX_INTAKES = 20;
const BATCH = 100;

export class IntakeRefused extends AppError {
  readonly code = 'secrets.intake_refused';
}

/** The value can't be taken as it is; the page stays open for another. */
export class GivenValueRefused extends AppError {
  readonly code = 'secrets.given_value_refused';
}

export interface IssuedIntake {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: Date;
}

const NOT_VALID = 'This link is not valid, or its ten minutes are over. Ask for a new one in the form in Slack.';
const USED = 'A value was given here already. To replace it, ask for a new link in the form in Slack.';
const IN_USE =
  'This link is already open in another browser. If that was not you, do not confirm its number in Slack; ask for a new link there.';

type Listener = (intake: Intake) => Promise<void>;

/**
 * Takes a secret from one person without passing it through Slack: a page that opens once, within ten minutes, in one browser, and
 * asks for the value only after that person told in Slack the number which that browser shows. The value goes straight to the
 * secret store; everybody else holds a reference.
 */
export class SecretIntakes {
  private readonly listeners: Listener[] = [];
  private readonly rows: IntakeStore;

  constructor(
    private readonly transactions: Transactions,
    private readonly store: SecretStore,
    private readonly journal: DeliveryJournal,
    private readonly home: IntakeHome,
    private readonly ids: Ids,
    private readonly logger: Logger,
    private readonly publicUrl: () => string,
  ) {
    this.rows = new IntakeStore(transactions);
  }

  /** Whether browsers reach the links encrypted, so that the cookie can insist on it. */
  get overHttps(): boolean {
    return this.publicUrl().startsWith('https:');
  }

  /** Told in this process when a value was given to it; best effort, so only for what people see. */
  onGiven(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** The caller has made sure that this person's form asks for this value. */
  async issue(wish: IntakeWish): Promise<IssuedIntake> {
    if ((await this.rows.countRecent(wish.personId, INTAKE_TTL_SECONDS)) >= MAX_INTAKES)
      throw new IntakeRefused(
        'You asked for very many one-time pages in the last ten minutes. What you typed was kept; try again a little later.',
      );
    const [id, token] = [this.ids.next('int'), this.ids.token()];
    const expiresAt = await this.transactions.run(async (tx) => {
      const until = await this.rows.insert(tx, id, token, wish, INTAKE_TTL_SECONDS);
      const summary = `was given a one-time page for “${wish.label}” of ${wish.about}`;
      await this.note(tx, { id, ...wish }, 'secret.intake_issued', summary);
      return until;
    });
    return { id, url: `${this.publicUrl()}/secrets/give/${token}`, expiresAt };
  }

  /** What a visitor of the link may know. Changes nothing. */
  async look(token: string): Promise<Intake> {
    return this.byToken(token);
  }

  /** Binds the link to this browser. The one that began may load its page again and sees the same number. */
  async begin(token: string, knownBrowser?: string): Promise<{ number: string; browserToken: string }> {
    const [browserToken, number] = [this.ids.token(), String(randomInt(10, 100))];
    return this.transactions.run(async (tx) => {
      const intake = await this.byToken(token, tx);
      const isSame = knownBrowser !== undefined && intake.browserHash === hashOf(knownBrowser);
      if (isSame && intake.number !== null && ['opened', 'confirmed'].includes(intake.state))
        return { number: intake.number, browserToken: knownBrowser };
      if (!(await this.rows.open(tx, intake.id, browserToken, number)))
        throw new IntakeRefused(isGiven(intake) ? USED : IN_USE);
      await this.note(
        tx,
        intake,
        'secret.intake_opened',
        `opened the one-time page for “${intake.label}” in a browser`,
      );
      return { number, browserToken };
    });
  }

  /** What the person typed in Slack. Null: it is right; otherwise a sentence. */
  async confirm(answer: { id: string; personId: string; number: string }): Promise<string | null> {
    return this.transactions.run(async (tx) => {
      const intake = await this.rows.lock(tx, answer.id);
      if (intake?.personId !== answer.personId) return 'This page is for somebody else.';
      if (intake.isExpired) return 'Its ten minutes are over. Go back to the form and ask for a new page.';
      if (intake.state === 'issued')
        return 'The page was not opened yet. Open it and press Continue: it shows a number.';
      if (intake.state === 'confirmed') return null;
      if (intake.state !== 'opened') return 'This page is settled. Go back to the form; it shows where it stands.';
      if (intake.number !== answer.number) {
        await this.rows.countAttempt(tx, intake.id, MAX_ATTEMPTS);
        return intake.attempts + 1 >= MAX_ATTEMPTS
          ? 'That was not the number either. The page is closed now; go back to the form and ask for a new one.'
          : 'That is not the number on the page. Look again.';
      }
      await this.rows.confirm(tx, intake.id);
      const summary = `confirmed in Slack that the browser with the page for “${intake.label}” is theirs`;
      await this.note(tx, intake, 'secret.intake_confirmed', summary);
      return null;
    });
  }

  /** Whether this browser may show the field by now. @throws IntakeRefused when it never may */
  async isConfirmed(token: string, browserToken: string): Promise<Intake | null> {
    const intake = await this.ofBrowser(token, browserToken);
    return intake.state === 'confirmed' ? intake : null;
  }

  /** The value, once. @throws IntakeRefused, GivenValueRefused, SecretStoreUnavailable; after the last two it may be sent again */
  async give(token: string, browserToken: string, value: string): Promise<void> {
    const intake = await this.ofBrowser(token, browserToken);
    if (intake.state !== 'confirmed') throw new IntakeRefused('The number was not confirmed in Slack yet.');
    const problem = await this.home.problem(intake, value);
    if (problem !== null) throw new GivenValueRefused(problem);
    const place = `${GIVEN_FOLDER}/${intake.id}/${this.ids.next('int')}`;
    if (!(await this.rows.willKeepAt(intake.id, place))) throw new IntakeRefused(USED);
    const ref = await this.store.put(place, { [GIVEN_FIELD]: value }, { idempotencyKey: place });
    const won = await this.keep(intake, ref).catch(async (error: unknown) => {
      await this.forget(ref);
      throw error;
    });
    if (!won) {
      await this.forget(ref);
      throw new IntakeRefused(USED);
    }
    await this.tell(intake);
  }

  /** Those of the references that this person may not send (any more): held by another request, removed, or never theirs. */
  async unusable(refs: readonly SecretRef[], personId: string): Promise<Set<SecretRef>> {
    if (refs.length === 0) return new Set();
    const usable = await this.rows.usable(refs, personId);
    return new Set(refs.filter((ref) => !usable.has(ref)));
  }

  /** From now on they belong to the request. @throws IntakeRefused when one of them is not the person's to send */
  async claim(tx: Tx, refs: readonly SecretRef[], personId: string, requestId: string): Promise<void> {
    const wanted = [...new Set(refs)];
    if (wanted.length === 0 || (await this.rows.claim(tx, wanted, personId, requestId)) === wanted.length) return;
    throw new IntakeRefused(
      'A secret of this form was sent with another request already. Nothing was requested; go back to the form and give it again.',
    );
  }

  /** Removes values that nobody needs any more: those of the intakes named, of dead ones and of what was never finished. Idempotent. */
  async removeEnded(ended: readonly string[]): Promise<number> {
    let removed = 0;
    for (const kept of await this.rows.removable(ended, BATCH)) if (await this.remove(kept)) removed += 1;
    return removed;
  }

  private async remove(kept: Kept): Promise<boolean> {
    try {
      for (const place of kept.places) await this.store.remove(refOf(place, 0));
      return await this.transactions.run(async (tx) => {
        if (!(await this.rows.markRemoved(tx, kept))) return false;
        const summary = `what was given for “${kept.label}” was removed from the secret store`;
        await this.note(tx, kept, 'secret.removed', summary);
        return true;
      });
    } catch (error) {
      // One that can't be removed now must not keep the others.
      this.logger.error('A given secret could not be removed; the next tick tries again', error, { id: kept.id });
      return false;
    }
  }

  private keep(intake: Intake, ref: SecretRef): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      if (!(await this.rows.give(tx, intake, ref))) return false;
      await this.home.keep(tx, intake, ref);
      await this.note(tx, intake, 'secret.given', `gave “${intake.label}” for ${intake.about} on a one-time page`);
      return true;
    });
  }

  private async tell(intake: Intake): Promise<void> {
    for (const listener of this.listeners)
      await listener(intake).catch((error: unknown) => {
        this.logger.error('The form could not show that a secret was given', error, { id: intake.id });
      });
  }

  /** Best effort: where it stands is written down, and what is left is removed later. */
  private async forget(ref: SecretRef): Promise<void> {
    await this.store.remove(ref).catch((error: unknown) => {
      this.logger.error('A value that was not kept could not be removed; it is removed later', error);
    });
  }

  private async ofBrowser(token: string, browserToken: string): Promise<Intake> {
    const intake = await this.byToken(token);
    if (isGiven(intake)) throw new IntakeRefused(USED);
    if (intake.browserHash !== hashOf(browserToken)) throw new IntakeRefused(IN_USE);
    if (intake.state === 'dead') throw new IntakeRefused(NOT_VALID);
    return intake;
  }

  private async byToken(token: string, tx?: Tx): Promise<Intake> {
    const intake = await this.rows.byToken(token, tx);
    if (intake === null || intake.isExpired || intake.state === 'dead') throw new IntakeRefused(NOT_VALID);
    return intake;
  }

  private note(
    tx: Tx,
    { id, personId, traceId }: Pick<Intake, 'id' | 'personId' | 'traceId'>,
    type: DeliveryEntry['type'],
    summary: string,
  ): Promise<void> {
    const subject = { kind: 'person', id: personId } as const;
    return this.journal.record(tx, { type, personId, subject, deliveryId: id, traceId, summary });
  }
}

function isGiven({ state }: Intake): boolean {
  return state === 'given' || state === 'claimed' || state === 'removed';
}
