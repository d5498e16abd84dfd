import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Logger } from '../../platform/logging/index.js';
import { FleetStore } from './fleet.store.js';
import { FleetAdvance } from './fleet-advance.js';
import { Pins } from './pins.js';

const TICK_MILLISECONDS = 2_000;

/** Carries fleets on and ends what was put off. Each tick may be missed, repeated or run on every replica at once. */
@Injectable()
export class FleetSweep {
  private isRunning = false;

  constructor(
    private readonly store: FleetStore,
    private readonly fleets: FleetAdvance,
    private readonly pins: Pins,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      await this.run();
    } catch (error) {
      this.logger.error('Upgrades in waves were not looked at; the next tick tries again', error);
    } finally {
      this.isRunning = false;
    }
  }

  /** One that can't be carried on does not hold up the others. */
  async run(): Promise<void> {
    await this.pins.endDue();
    for (const id of await this.store.inMotion())
      await this.fleets.advance(id).catch((error: unknown) => {
        this.logger.error('An upgrade in waves was not carried on; the next tick tries again', error, { fleetId: id });
      });
  }
}
