import { People, type Roster, Rosters, type TeamRoster } from '../../src/identity/index.js';
import { Metrics } from '../../src/observability/index.js';
import { slackActions } from '../../src/orchestrator/actions/slack/slack.actions.js';
import type { AnyAction } from '../../src/orchestrator/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { defaultSeed, type Playground, startPlayground } from '../../src/playground/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { SystemClock } from '../../src/shared/index.js';
import { SharedLanes } from '../../src/slack/cards/shared-lanes.js';
import { SlackSteps } from '../../src/slack/steps/slack-steps.js';
import { ChannelBook } from '../../src/slack/web/channel-book.js';
import { SlackClient } from '../../src/slack/web/slack-client.js';
import { SlackGateway } from '../../src/slack/web/slack-gateway.js';
import { slackLogger } from '../../src/slack/web/slack-logger.js';
import { WebSlackDirectory } from '../../src/slack/web/web-slack-directory.js';
import { Workspace } from '../../src/slack/web/workspace.js';
import { ActionBench } from './action-bench.js';
import { grantedScopes, TOKENS } from './bot-on-playground.js';
import type { TestDatabase } from './database.js';
import { SlackPerson } from './slack-person.js';

const nobody: Roster = { emails: [], slackGroups: [] };

class PaymentsOnly extends Rosters {
  teams(): readonly TeamRoster[] {
    return [{ teamId: 'payments', members: { emails: [], slackGroups: ['payments'] }, leads: nobody }];
  }
  roles() {
    return [];
  }
}

/** The `slack:*` actions as the product wires them, on a playground over real HTTP that grants what the manifest asks for. */
export class SlackStepsWorld {
  private constructor(
    readonly playground: Playground,
    readonly client: SlackClient,
    readonly redactor: Redactor,
    /** What the app was granted; take some away and see. */
    readonly scopes: string[],
    readonly actions: readonly AnyAction[],
    private readonly people: Map<string, SlackPerson>,
  ) {}

  static async start(database: TestDatabase): Promise<SlackStepsWorld> {
    const scopes = grantedScopes();
    const playground = await startPlayground({
      environment: 'test',
      host: '127.0.0.1',
      port: 0,
      app: { ...TOKENS, scopes, commands: [], shortcuts: [] },
      delivery: { mode: 'socket' },
      eventRetryDelaysMs: [],
    });
    const [redactor, clock] = [new Redactor(), new SystemClock()];
    const client = new SlackClient(
      { botToken: TOKENS.botToken, apiUrl: playground.apiUrl },
      new Metrics(),
      slackLogger(Logger.silent()),
    );
    const [book, workspace] = [new ChannelBook(client, clock), new Workspace(client, {})];
    const directory = new WebSlackDirectory(client, workspace);
    const steps = new SlackSteps(
      client,
      new SharedLanes(database.transactions),
      book,
      new SlackGateway(client, book, redactor),
      workspace,
      new People(directory, new PaymentsOnly(), clock),
      directory,
      redactor,
    );
    return new SlackStepsWorld(playground, client, redactor, scopes, slackActions(steps), new Map());
  }

  /** Everything as it was in the beginning; nobody has been asked anything yet. */
  async reset(): Promise<void> {
    this.scopes.splice(0, this.scopes.length, ...grantedScopes());
    await this.control('reset', {});
  }

  bench(name: string): ActionBench {
    const action = this.actions.find(({ id }) => id === `slack:${name}`);
    if (action === undefined) throw new Error(`There is no slack:${name}.`);
    return new ActionBench(action);
  }

  async control(name: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.playground.url}/control/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  }

  /** The Web API's calls so far, by method. */
  async calls(method: string): Promise<{ args: Record<string, unknown>; ok: boolean }[]> {
    const { calls } = await this.control('calls', { method });
    return calls as { args: Record<string, unknown>; ok: boolean }[];
  }

  /** Somebody of the seed, as they see it now. */
  async person(name: string): Promise<SlackPerson> {
    const id = defaultSeed().users.find((user) => user.name === name)?.id ?? '';
    await this.people.get(name)?.leave();
    const person = new SlackPerson(this.playground.url, id);
    this.people.set(name, person);
    await person.connect();
    return person;
  }

  async stop(): Promise<void> {
    for (const person of this.people.values()) await person.leave();
    await this.playground.stop();
  }
}
