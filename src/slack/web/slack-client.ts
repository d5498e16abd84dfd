import bolt from '@slack/bolt';
import type { WebAPICallResult, WebClientOptions } from '@slack/web-api';
import type { Metrics } from '../../observability/index.js';
import { outcomeOf } from './slack-errors.js';

const TIMEOUT_MILLISECONDS = 10_000;

export interface SlackClientOptions {
  readonly botToken: string;
  readonly apiUrl?: string;
}

/**
 * Slack's Web API, measured. It never retries by itself: what may be repeated, and when, is the caller's to know
 * (the flusher keeps its place in the database; a person waiting for a modal is better told at once).
 */
export class SlackClient extends bolt.webApi.WebClient {
  private readonly metrics: Metrics;

  constructor(
    { botToken, apiUrl }: SlackClientOptions,
    metrics: Metrics,
    logger: NonNullable<WebClientOptions['logger']>,
  ) {
    super(botToken, {
      ...(apiUrl !== undefined && { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` }),
      logger,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: TIMEOUT_MILLISECONDS,
      allowAbsoluteUrls: false,
    });
    this.metrics = metrics;
  }

  override async apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    const stop = this.metrics.slackCallSeconds.startTimer({ method });
    try {
      const result = await super.apiCall(method, options);
      this.metrics.slackCalls.inc({ method, outcome: 'ok' });
      return result;
    } catch (error) {
      this.metrics.slackCalls.inc({ method, outcome: outcomeOf(error) });
      throw error;
    } finally {
      stop();
    }
  }
}
