import type { Journey } from '../../builders/journey.js';
import type { ScenariosWorld } from '../../builders/scenarios-world.js';
import type { SlackPerson } from '../../builders/slack-person.js';

export interface Stage {
  readonly world: ScenariosWorld;
  readonly journey: Journey;
  readonly ada: SlackPerson;
  /** Databases and roles whose name has that in it. */
  readonly provisioned: (word: string) => Promise<string[]>;
}

/** From its request to its teardown, with what has to be so in between however often the bot died. */
export interface Scenario {
  readonly title: string;
  /** In the title of its resource. */
  readonly name: string;
  /** By kind of run: every step it has to be killed in. */
  readonly steps: Readonly<Record<string, readonly string[]>>;
  readonly play: (stage: Stage) => Promise<void>;
}
