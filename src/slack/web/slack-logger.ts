import type { Logger as SlackLogger } from '@slack/bolt';
import bolt from '@slack/bolt';
import type { Logger } from '../../platform/logging/index.js';
import { messageOf } from '../../shared/index.js';

/** The SDK's own words, through the product's logger (and its redactor); its chatter only at debug. */
export function slackLogger(logger: Logger): SlackLogger {
  const text = (parts: readonly unknown[]): string =>
    parts.map((part) => (typeof part === 'string' ? part : messageOf(part))).join(' ');
  return {
    debug: () => undefined,
    info: (...parts: unknown[]) => {
      logger.debug(text(parts), { from: 'slack-sdk' });
    },
    warn: (...parts: unknown[]) => {
      logger.warn(text(parts), { from: 'slack-sdk' });
    },
    error: (...parts: unknown[]) => {
      logger.warn(text(parts), { from: 'slack-sdk' });
    },
    setLevel: () => undefined,
    getLevel: () => bolt.LogLevel.INFO,
    setName: () => undefined,
  };
}
