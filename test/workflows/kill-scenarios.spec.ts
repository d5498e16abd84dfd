import { jest } from '@jest/globals';
import { Journey } from '../builders/journey.js';
import { KilledBot } from '../builders/killed-bot.js';
import { provisioned, ScenariosWorld } from '../builders/scenarios-world.js';
import { blueGreenService } from './scenarios/blue-green-service.js';
import { eventFunction } from './scenarios/event-function.js';
import { featureFlagRollout } from './scenarios/feature-flag-rollout.js';
import { managedDatabase } from './scenarios/managed-database.js';
import { newService } from './scenarios/new-service.js';
import { testEnvironment } from './scenarios/test-environment.js';

// A bot dies and starts about thirty times, which takes four minutes on two processors.
jest.setTimeout(600_000);

const world = await ScenariosWorld.start();
const scenarios = [
  blueGreenService,
  eventFunction,
  testEnvironment,
  newService,
  ...(world.installed === null ? [] : [managedDatabase]),
  featureFlagRollout,
];

/** All of them go on at the same time with one bot: what each has come to when the bot dies dies with it. */
describe('killed in every step of every run, this ends as if nobody had been killed', () => {
  const plays = new Map<string, Promise<unknown>>();
  let bot: KilledBot;
  const onServer = (word: string) => provisioned(world.installed?.url ?? bot.database.serverUrl, word);
  beforeAll(async () => {
    bot = await KilledBot.start(world.environment);
    const ada = await bot.ada();
    for (const { name, play } of scenarios) {
      const journey = new Journey(ada, '#team-payments', bot.hands);
      const over = bot.life(() => play({ world, journey, ada, provisioned: onServer }));
      plays.set(
        name,
        over.catch((error: unknown) => error),
      );
    }
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });

  it.each(scenarios)('$title', async ({ name, steps }) => {
    expect(await plays.get(name)).toBeUndefined();
    const everywhere = Object.entries(steps).flatMap(([kind, names]) => names.map((step) => `${kind} ${step}`));
    expect(await bot.killedIn(name)).toEqual(everywhere.sort());
  });

  it('nothing half made is left', async () => {
    expect(await onServer('^qm_making')).toEqual([]);
    expect([...world.environments.things, ...world.service.cluster.names, ...world.events.names]).toEqual([]);
  });
});
