import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Env } from './config/index.js';
import { upkeepOptions } from './core.module.js';
import { layFoundations } from './foundations.js';
import { ErrorFilter } from './platform/http/index.js';
import { NestLogger } from './platform/logging/index.js';
import { SlackApp } from './slack/index.js';
import { openSlackDoor } from './slack-door.js';
import { checkoutOf } from './upkeep/index.js';
import { welcome } from './welcome.js';

export interface Application {
  /** Stops taking work, lets what is in flight finish within the grace, closes everything. Runs go on after the next start. */
  stop(reason: string): Promise<void>;
}

/**
 * Starts in the order in which things need each other: database and engine → Slack (or the playground) → Nest → workflows go
 * on → deliveries are taken. Stops in reverse. A start that fails half way leaves nothing running.
 */
export async function startApplication(env: Env): Promise<Application> {
  const undo: (() => Promise<unknown>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const foundations = await layFoundations(env);
    const { logger, durable, dataSource, embedded } = foundations;
    undo.push(
      async () => embedded?.stop(),
      () => dataSource.destroy(),
    );

    await checkoutOf(upkeepOptions(env), logger).prepare();
    const door = await openSlackDoor(foundations);
    undo.push(async () => door.playground?.stop());

    const nest = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(foundations, door.connection), {
      bodyParser: false,
      logger: new NestLogger(logger),
      abortOnError: false,
    });
    undo.push(() => nest.close());
    const slack = nest.get(SlackApp);
    slack.mount(nest);
    nest.useBodyParser('json', { limit: '256kb' });
    nest.useBodyParser('urlencoded', { limit: '64kb', extended: false });
    nest.disable('x-powered-by');
    nest.useGlobalFilters(new ErrorFilter(logger));
    await nest.init();

    await durable.launch();
    undo.push(() => durable.shutdown());
    const port = await listen(nest, env);
    if (env.publicUrl === undefined) foundations.publicUrl = `http://${env.host}:${port}`;
    door.playground?.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
    await slack.start();
    undo.push(() => slack.drain());
    welcome(env, { port, playgroundUrl: door.playground?.url ?? null, embedded, logger });
    return {
      stop: async (reason) => {
        logger.info('Stopping', { reason });
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll().catch(() => undefined);
    throw error;
  }
}

/** Outside of production a busy port is no reason to fail: another free one is taken and printed. */
async function listen(nest: NestExpressApplication, env: Env): Promise<number> {
  try {
    await nest.listen(env.port, env.host);
  } catch (error) {
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!busy || env.mode === 'production') throw error;
    await nest.listen(0, env.host);
  }
  const address = nest.getHttpServer().address();
  return typeof address === 'object' && address !== null ? address.port : env.port;
}
