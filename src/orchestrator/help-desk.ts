import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Catalog } from '../catalog/index.js';
import { People, type Person } from '../identity/index.js';
import { Notices, type Recipient } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Policy, type Team } from '../policy/index.js';
import { type RequestRecord, Requests } from '../requests/index.js';
import { AppError, type JsonObject } from '../shared/index.js';
import { Runs } from './runs/index.js';

const LINES_SHOWN = 15;
const LINE_LENGTH = 300;
const MOST_CALLED = 5;

/** Nobody owns the catalog item any more. */
export class NobodyToAsk extends AppError {
  readonly code = 'orchestrator.nobody_to_ask';
}

/** Calls the owners of a catalog item into the thread of a request, with what is known. Once for each run. */
@Injectable()
export class HelpDesk {
  constructor(
    private readonly transactions: Transactions,
    private readonly requests: Requests,
    private readonly runs: Runs,
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly people: People,
    private readonly notices: Notices,
    private readonly audit: Audit,
  ) {}

  /** Answers the team that was called. @throws UnknownRequest for who may not see it, NobodyToAsk */
  async call({ id, person }: { id: string; person: Person }): Promise<Team> {
    const request = await this.requests.getFor(id, person);
    const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
    const team = this.policy.teams().find((one) => one.id === item?.owner);
    if (team === undefined)
      throw new NobodyToAsk(
        'The catalog item has no owner any more. Ask the platform team, and name the request’s id.',
      );
    const [leads, evidence] = await Promise.all([this.people.inTeam(team.id, 'lead'), this.evidence(request)]);
    const called = leads.slice(0, MOST_CALLED).map((lead) => lead.id);
    const data = { ...evidence, personId: person.id, teamTitle: team.title, called };
    const key = `help:${id}:${request.runId ?? 'none'}`;
    await this.transactions.run(async (tx) => {
      const post = (name: string, to: Recipient) =>
        this.notices.post(tx, { key: `${key}:${name}`, to, template: 'help-wanted', data });
      await post('thread', { kind: 'thread', subject: { kind: 'request', id } });
      await post('owner', { kind: 'channel', channel: team.channel });
      await this.audit.append(tx, {
        type: 'request.help_asked',
        actor: { kind: 'person', id: person.id },
        subject: { kind: 'request', id },
        traceId: request.traceId,
        summary: `asked ${team.title} for help`,
      });
    });
    return team;
  }

  private async evidence({ id, itemName, environment, runId, failure, traceId }: RequestRecord): Promise<JsonObject> {
    const said = runId === null ? [] : await this.runs.output(runId);
    const lines = said.slice(-LINES_SHOWN).map(({ line }) => line.slice(0, LINE_LENGTH));
    const { step = null, what = '', undone = '' } = failure ?? {};
    return { requestId: id, itemName, environment, runId, traceId, step, what, undone, lines };
  }
}
