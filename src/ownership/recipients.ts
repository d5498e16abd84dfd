import { Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/index.js';
import { IdentityRefused, isInTeam, People, type Person } from '../identity/index.js';
import { Policy } from '../policy/index.js';
import type { Resource } from '../resources/index.js';
import { TransferRefused } from './ownership.errors.js';

/** Who may get a resource, and who may say yes to it. */
@Injectable()
export class Recipients {
  constructor(
    private readonly people: People,
    private readonly policy: Policy,
    private readonly catalog: Catalog,
  ) {}

  /** Asked anew: somebody who has left must not get anything. @throws TransferRefused */
  async find(personId: string, teamId: string): Promise<Person> {
    const team = this.policy.teams().find((one) => one.id === teamId);
    if (team === undefined) throw new TransferRefused('There is no such team. Nothing was changed.', 'team');
    const person = await this.people.getFresh(personId).catch((error: unknown) => {
      if (error instanceof IdentityRefused)
        throw new TransferRefused(
          'Nobody can have it who can’t use Quartermaster: a guest, an app, or somebody who has left.',
        );
      throw error;
    });
    if (!isInTeam(person, teamId))
      throw new TransferRefused(
        `${person.name} is not in ${team.title}. Choose somebody of that team, or another team.`,
      );
    return person;
  }

  /** Whether a move to another team goes without asking it: whoever gives it leads that team too. */
  isAtOnce(actor: Person, resource: Resource, toTeam: string): boolean {
    return resource.teamId === toTeam || isInTeam(actor, toTeam, 'lead');
  }

  /** Leads of the team that gets it; and whoever gets it, where the rules would let them have such a thing without asking. */
  mayAccept(person: Person, { toPerson, toTeam }: { toPerson: string; toTeam: string }, resource: Resource): boolean {
    if (isInTeam(person, toTeam, 'lead')) return true;
    return person.id === toPerson && this.mayHave(person, resource, toTeam);
  }

  /** Whom to ask. */
  async whoMayAccept(to: Person, resource: Resource, toTeam: string): Promise<string[]> {
    const leads = await this.people.inTeam(toTeam, 'lead', { fresh: true });
    const ids = leads.map(({ id }) => id);
    return [...new Set(this.mayHave(to, resource, toTeam) ? [to.id, ...ids] : ids)];
  }

  private mayHave(person: Person, { environment, itemName, parameters }: Resource, teamId: string): boolean {
    const item = this.catalog.findItem(itemName);
    if (item === null) return false;
    return this.policy.decideRequest({ person, item, teamId, environment, parameters }).outcome === 'allow';
  }
}
