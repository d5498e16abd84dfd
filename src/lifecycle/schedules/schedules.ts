import { Injectable } from '@nestjs/common';
import type { Schedules as Offered } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { Transactions } from '../../platform/database/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { Clock } from '../../shared/index.js';
import { OperationRefused } from '../lifecycle.errors.js';
import { Operations } from '../operations/operations.js';
import { ResourceJournal } from '../resource-journal.js';
import { awakeUntil } from './awake.js';
import { choiceOf } from './choice.js';
import { type ResourceSchedule, ScheduleStore } from './schedule.store.js';

const LONGEST_AWAKE_MILLISECONDS = 14 * 86_400_000;

interface Asked {
  readonly resourceId: string;
  readonly person: Person;
}

/** When a resource sleeps: chosen by people, of what its item offers. */
@Injectable()
export class Schedules {
  constructor(
    private readonly store: ScheduleStore,
    private readonly resources: Resources,
    private readonly operations: Operations,
    private readonly transactions: Transactions,
    private readonly journal: ResourceJournal,
    private readonly clock: Clock,
  ) {}

  find(resourceId: string): Promise<ResourceSchedule | null> {
    return this.store.find(resourceId);
  }

  /** Null when its item has none. */
  offered(resource: Resource): Promise<Offered | null> {
    return this.operations.schedulesOf(resource);
  }

  /** `choice` null ends it. Who sets it must be allowed to do both without asking anybody. @throws ResourceForbidden, OperationRefused */
  async set({ resourceId, person, choice }: Asked & { readonly choice: string | null }): Promise<void> {
    const { resource, offered } = await this.allowed(resourceId, person);
    const chosen = offered.choices.find(({ name }) => name === choice);
    if (choice !== null && chosen === undefined)
      throw new OperationRefused('There is no such schedule (any more). Nothing was changed.');
    for (const name of [offered.sleep, offered.wake]) await this.assertAlone(resource, name, person);
    const timeZone = chosen?.timeZone ?? person.timezone ?? 'UTC';
    await this.transactions.run(async (tx) => {
      await this.store.set(tx, { resourceId, choice, timeZone, setBy: person.id });
      const summary = chosen === undefined ? 'ended its schedule' : `set its schedule: ${chosen.title} (${timeZone})`;
      await this.journal.record(tx, resource, { type: 'resource.schedule_set', by: person.id, summary });
    });
  }

  /** Until its schedule wakes it anyway, or for a short while when it would be awake now. Answers until when. */
  async wakeNow({ resourceId, person }: Asked): Promise<Date> {
    const { offered } = await this.allowed(resourceId, person);
    const schedule = await this.store.find(resourceId);
    const choice = choiceOf(offered, schedule);
    const now = this.clock.now();
    const until = awakeUntil(choice ?? { awake: [] }, schedule?.timeZone ?? 'UTC', now);
    await this.keepAwake({ resourceId, person, until });
    return until;
  }

  /** It doesn't sleep before that. @throws ResourceForbidden, OperationRefused */
  async keepAwake({ resourceId, person, until }: Asked & { readonly until: Date }): Promise<void> {
    const { resource } = await this.allowed(resourceId, person);
    const ahead = until.getTime() - this.clock.now().getTime();
    if (ahead <= 0 || ahead > LONGEST_AWAKE_MILLISECONDS)
      throw new OperationRefused('Choose a day between today and 14 days from now. Nothing was changed.');
    await this.transactions.run(async (tx) => {
      if (!(await this.store.keepAwake(tx, resourceId, until, person.id)))
        throw new OperationRefused(`${resource.title} has no schedule: it is awake anyway. Nothing was changed.`);
      const summary = `keeps it awake until ${until.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
      await this.journal.record(tx, resource, { type: 'resource.kept_awake', by: person.id, summary });
    });
  }

  private async allowed(resourceId: string, person: Person): Promise<{ resource: Resource; offered: Offered }> {
    const resource = await this.resources.get(resourceId);
    this.resources.assertMay(person, 'operate', resource);
    const offered = await this.operations.schedulesOf(resource);
    if (offered === null || resource.state !== 'active')
      throw new OperationRefused(`${resource.title} can’t have a schedule. Nothing was changed.`);
    return { resource, offered };
  }

  /** What would want an approval every night is no schedule. */
  private async assertAlone(resource: Resource, name: string, person: Person): Promise<void> {
    const { item, operation } = await this.operations.get(resource.id, name);
    const { outcome, reasons } = this.operations.decide(resource, item, operation, person);
    if (outcome === 'allow') return;
    const words = reasons.filter((reason) => reason.outcome === outcome).map(({ message }) => message);
    throw new OperationRefused(
      `“${operation.title}” is not yours to do alone, so it can’t be done on a schedule. ${words.join(' ')} Nothing was changed.`,
    );
  }
}
