import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '../../observability/index.js';
import { Logger } from '../../platform/logging/index.js';
import { AppError, codeOf, messageOf, publicMessageOf } from '../../shared/index.js';
import type { Words } from '../slack-feature.js';
import { escape, plain } from '../text/mrkdwn.js';
import { SLACK_CONNECTION, type WorkspaceConnection } from '../web/connection.js';
import { SlackGateway } from '../web/slack-gateway.js';
import type { Delivery } from './delivery.js';

const TIMEOUT_MILLISECONDS = 5_000;
/** Nobody waits for an answer to these. */
const UNANSWERED = new Set([
  'reaction_added',
  'reaction_removed',
  'app_home_opened',
  'view_closed',
  'block_suggestion',
  'message',
  'pin_added',
  'user_change',
]);

/** Answers the one person a delivery came from: with the acknowledgement, else by response_url, else ephemerally, else directly. */
@Injectable()
export class Replies {
  private readonly hosts: ReadonlySet<string>;

  constructor(
    private readonly gateway: SlackGateway,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
    @Inject(SLACK_CONNECTION) connection: Pick<WorkspaceConnection, 'apiUrl'>,
  ) {
    this.hosts = new Set([
      'hooks.slack.com',
      ...(connection.apiUrl === undefined ? [] : [new URL(connection.apiUrl).host]),
    ]);
  }

  async tell(delivery: Delivery, words: Words): Promise<void> {
    const { facts } = delivery;
    if (facts.kind === 'command' && !delivery.acknowledged) {
      await delivery.ack({ response_type: 'ephemeral', ...this.gateway.content(words) });
      return;
    }
    if (facts.responseUrl !== undefined && (await this.byResponseUrl(facts.responseUrl, words))) return;
    if (facts.userId === undefined) return;
    if (facts.channelId !== undefined && (await this.ephemerally(delivery, facts.channelId, facts.userId, words)))
      return;
    await this.gateway.post({ channel: await this.gateway.directChannel(facts.userId), ...words });
  }

  /** Whatever went wrong, the person learns of it, and nothing they typed in a modal is lost. */
  async explain(delivery: Delivery, error: unknown): Promise<void> {
    this.log(delivery, error);
    const text = publicMessageOf(error, delivery.traceId);
    const { kind } = delivery.facts;
    if (kind === 'view_submission' && !delivery.acknowledged) {
      await delivery.ack({ response_action: 'push', view: problemView(text) });
      return;
    }
    if (kind !== 'command') await delivery.ack();
    if (UNANSWERED.has(kind)) return;
    try {
      // A sentence may name what somebody typed, such as the title of a resource.
      await this.tell(delivery, { text: escape(text) });
    } catch (failure) {
      this.logger.error('A person could not be told what went wrong', failure, { kind, about: codeOf(error) });
    }
  }

  private log(delivery: Delivery, error: unknown): void {
    const { kind, userId } = delivery.facts;
    const fields = { kind, person: userId, code: codeOf(error) };
    if (error instanceof AppError)
      this.logger.info(`A person was told: ${error.publicMessage}`, { ...fields, details: error.details });
    else this.logger.error('A listener failed', error, fields);
  }

  private async byResponseUrl(address: string, words: Words): Promise<boolean> {
    if (!this.hosts.has(hostOf(address))) return false;
    const stop = this.metrics.slackCallSeconds.startTimer({ method: 'response_url' });
    try {
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...this.gateway.content(words) }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      this.metrics.slackCalls.inc({ method: 'response_url', outcome: answer.ok ? 'ok' : 'refused' });
      return answer.ok;
    } catch {
      // The cause may hold the address, which is a secret of sorts: it is not logged.
      this.metrics.slackCalls.inc({ method: 'response_url', outcome: 'unavailable' });
      return false;
    } finally {
      stop();
    }
  }

  private async ephemerally(
    { facts, traceId }: Delivery,
    channel: string,
    personId: string,
    words: Words,
  ): Promise<boolean> {
    const { threadTs } = facts;
    try {
      await this.gateway.ephemeral({ channel, ...(threadTs !== undefined && { threadTs }) }, personId, words);
      return true;
    } catch (error) {
      this.logger.debug('No ephemeral answer here; going direct', { channel, traceId, error: messageOf(error) });
      return false;
    }
  }
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : '';
}

/** Laid over the form, which keeps what was typed. */
function problemView(text: string): object {
  return {
    type: 'modal',
    callback_id: 'problem',
    title: plain('That did not work', 24),
    close: plain('Back', 24),
    blocks: [{ type: 'section', text: { type: 'plain_text', text: text.slice(0, 3000) } }],
  };
}
