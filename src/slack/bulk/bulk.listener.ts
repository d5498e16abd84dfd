import { Inject, Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { BulkAlreadySent, Bulks } from '../../bulk/index.js';
import { Catalog, formFields } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { currentTraceId, Logger } from '../../platform/logging/index.js';
import { Policy } from '../../policy/index.js';
import { AppError, publicMessageOf } from '../../shared/index.js';
import { CALLBACKS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { SLACK_CONNECTION, type WorkspaceConnection } from '../web/connection.js';
import { readSharedFile } from '../web/shared-file.js';
import { isPerson, SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { metadataOf } from '../wire/parsed.js';
import { BulkCards } from './bulk.cards.js';
import { BULK_FORM, bulkEntered, bulkForm, checkingModal, headingsFor } from './bulk-form.view.js';
import { bulkPlan, bulkSentModal } from './bulk-plan.view.js';

const MAX_BYTES = 256 * 1024;
const ofForm = z.object({ channel: z.string().nullable() });
const ofPlan = z.object({ bulk: z.string() });

interface Entered {
  readonly text: string;
  readonly file: { readonly id: string; readonly name: string } | null;
}

/** `/qm bulk`: a file of many requests, looked at as a whole, then sent. */
@Injectable()
export class BulkFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'bulk',
      usage: '[item]',
      summary: 'many requests in one go, from CSV or YAML',
      inThreads: false,
      run: (call) => this.begin(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly bulks: Bulks,
    private readonly cards: BulkCards,
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly logger: Logger,
    @Inject(SLACK_CONNECTION) private readonly connection: Pick<WorkspaceConnection, 'apiUrl'>,
  ) {}

  register(app: Listeners): void {
    app.view(CALLBACKS.bulkForm, async ({ view, context }) => this.check(this.calls.of(context), view));
    app.view(CALLBACKS.bulkPlan, async ({ view, context }) => this.send(this.calls.of(context), view));
  }

  private async begin({ text, channelId, triggerId = '' }: CommandCall): Promise<void> {
    const [name = ''] = text.toLowerCase().split(/\s+/);
    const item = name === '' ? null : this.catalog.item(name);
    const headings = item === null ? {} : { text: headingsFor(item, formFields(item)) };
    await this.gateway.openView(triggerId, bulkForm({ channel: channelId, ...headings }));
  }

  private async check(
    call: Call,
    view: { id: string; private_metadata: string; state: { values: unknown } },
  ): Promise<void> {
    const { channel } = metadataOf(view, ofForm);
    const entered = bulkEntered(view);
    const person = await call.person();
    if ((entered.text.trim() === '') === (entered.file === null)) {
      const sentence =
        entered.file === null ? 'Paste something, or choose a file.' : 'Give one of the two: this or the file.';
      return call.delivery.ack({ response_action: 'errors', errors: { [BULK_FORM.text]: sentence } });
    }
    await call.delivery.ack({ response_action: 'update', view: checkingModal() });
    await this.gateway.updateView(view.id, await this.looked(call, person, entered, channel));
  }

  /** The plan, or the form again with all that is wrong. */
  private async looked(
    call: Call,
    person: Person,
    { text, file }: Entered,
    channel: string | null,
  ): Promise<ModalView> {
    const again = { channel, text, ...(file !== null && { fileName: file.name }) };
    try {
      const source = file === null ? { source: text, name: '' } : await this.read(file.id);
      const about = { person, traceId: call.traceId, originChannelId: channel };
      const { id, rows, problems } = await this.bulks.prepare(source, about);
      return id === null ? bulkForm({ ...again, problems }) : bulkPlan(id, rows, (team) => this.policy.teamTitle(team));
    } catch (error) {
      if (!(error instanceof AppError)) this.logger.error('A file of requests could not be looked at', error);
      return bulkForm({ ...again, notice: publicMessageOf(error, currentTraceId()) });
    }
  }

  private async read(fileId: string): Promise<{ source: string; name: string }> {
    const { apiUrl } = this.connection;
    const { name, text } = await readSharedFile(this.gateway.client, fileId, { apiUrl, maxBytes: MAX_BYTES });
    return { source: text, name };
  }

  private async send(call: Call, view: { private_metadata: string }): Promise<void> {
    const { bulk: id } = metadataOf(view, ofPlan);
    try {
      const bulk = await this.bulks.send({ id, person: await call.person() });
      const place = this.cards.placeOf(bulk, await this.bulks.rowsOf(id));
      const where = isPerson(place) ? 'in your direct messages' : `in <#${await this.gateway.channelId(place)}>`;
      await call.delivery.ack({ response_action: 'update', view: bulkSentModal(id, where) });
    } catch (error) {
      if (!(error instanceof BulkAlreadySent)) throw error;
      const form = bulkForm({ channel: null, notice: error.publicMessage });
      await call.delivery.ack({ response_action: 'update', view: form });
    }
  }
}
