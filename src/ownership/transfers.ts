import { Injectable } from '@nestjs/common';
import type { Person } from '../identity/index.js';
import { Transactions } from '../platform/database/index.js';
import { type Resource, Resources } from '../resources/index.js';
import { Redactor } from '../secrets/index.js';
import { Ids } from '../shared/index.js';
import { TransferMovedOn, TransferRefused } from './ownership.errors.js';
import { OwnershipJournal } from './ownership-journal.js';
import { Recipients } from './recipients.js';
import type { Transfer } from './transfer.js';
import { type NewTransfer, TransferStore } from './transfer.store.js';

export interface TransferWish {
  readonly resourceId: string;
  readonly toPerson: string;
  /** Left out: it stays with its team. */
  readonly toTeam?: string;
  readonly reason: string;
  readonly person: Person;
  readonly traceId: string;
}

/** Gives resources to somebody else: within a team at once, to another team once it agrees. */
@Injectable()
export class Transfers {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: TransferStore,
    private readonly resources: Resources,
    private readonly recipients: Recipients,
    private readonly journal: OwnershipJournal,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
  ) {}

  /** @throws UnknownResource, ResourceForbidden, TransferRefused, TransferMovedOn, QuotaExceeded, BudgetExceeded */
  async transfer(wish: TransferWish): Promise<'given' | 'offered'> {
    const { person, toPerson, reason, traceId } = wish;
    const resource = await this.resources.get(wish.resourceId);
    this.resources.assertMay(person, 'transfer', resource);
    const toTeam = wish.toTeam ?? resource.teamId;
    if (toPerson === resource.ownerId && toTeam === resource.teamId)
      throw new TransferRefused('It is theirs already. Choose somebody else.');
    const recipient = await this.recipients.find(toPerson, toTeam);
    const transfer: NewTransfer = {
      id: this.ids.next('tra'),
      resourceId: resource.id,
      fromPerson: resource.ownerId,
      fromTeam: resource.teamId,
      toPerson,
      toTeam,
      offeredBy: person.id,
      reason: this.redactor.text(reason.trim()),
      traceId,
    };
    if (this.recipients.isAtOnce(person, resource, toTeam)) return this.giveAtOnce(transfer, resource, person);
    const asked = await this.recipients.whoMayAccept(recipient, resource, toTeam);
    if (asked.length === 0)
      throw new TransferRefused(
        'Nobody of that team could agree to it: it has no lead in Slack. Nothing was changed.',
        'team',
      );
    await this.offer(transfer, resource, asked);
    return 'offered';
  }

  /** @throws TransferMovedOn, TransferRefused, QuotaExceeded, BudgetExceeded */
  async accept({ id, person }: { id: string; person: Person }): Promise<Resource> {
    const { transfer, resource } = await this.open(id, person);
    await this.recipients.find(transfer.toPerson, transfer.toTeam);
    await this.transactions.run(async (tx) => {
      const accepted = await this.store.decide(tx, id, 'accepted', person.id);
      if (accepted === null) throw over();
      await this.journal.give(tx, accepted, resource, person.id);
    });
    return resource;
  }

  /** @throws TransferMovedOn, TransferRefused */
  async decline({ id, person }: { id: string; person: Person }): Promise<Resource> {
    const { resource } = await this.open(id, person);
    await this.transactions.run(async (tx) => {
      const declined = await this.store.decide(tx, id, 'declined', person.id);
      if (declined === null) throw over();
      await this.journal.declined(tx, declined, resource, person.id);
    });
    return resource;
  }

  private async open(id: string, person: Person): Promise<{ transfer: Transfer; resource: Resource }> {
    const transfer = await this.store.find(id);
    if (transfer === null) throw over();
    const resource = await this.resources.get(transfer.resourceId);
    if (!this.recipients.mayAccept(person, transfer, resource))
      throw new TransferRefused(
        'This is for a lead of the team that would get it, or for whoever would own it, to say. Nothing was changed.',
      );
    if (transfer.state !== 'offered') throw over();
    return { transfer, resource };
  }

  private async giveAtOnce(transfer: NewTransfer, resource: Resource, { id }: Person): Promise<'given'> {
    await this.transactions.run(async (tx) => {
      await this.store.withdraw(tx, transfer.resourceId, id);
      await this.journal.give(tx, transfer, resource, id);
    });
    return 'given';
  }

  private async offer(transfer: NewTransfer, resource: Resource, asked: readonly string[]): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.store.withdraw(tx, transfer.resourceId, transfer.offeredBy);
      const offered = await this.store.offer(tx, transfer);
      if (offered === null) throw over();
      await this.journal.offered(tx, offered, resource, asked);
    });
  }
}

function over(): TransferMovedOn {
  return new TransferMovedOn(
    'This was decided already, is offered to somebody else now, or its time is over. Nothing was changed.',
  );
}
