import bolt from '@slack/bolt';

const { WebAPIPlatformError, WebAPIRateLimitedError } = bolt.webApi;

/** Slack's own code of a refusal, such as `channel_not_found`; undefined for anything else. */
export function slackCode(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** Whether Slack answered with one of these codes. */
export function isRefusal(error: unknown, ...codes: readonly string[]): boolean {
  const code = slackCode(error);
  return code !== undefined && codes.includes(code);
}

/** Seconds Slack wants us to wait; undefined unless it said so. */
export function retryAfterSeconds(error: unknown): number | undefined {
  if (error instanceof WebAPIRateLimitedError) return Math.max(1, error.retryAfter);
  return slackCode(error) === 'ratelimited' ? 30 : undefined;
}

/** Slack said nothing we can rely on (time-out, 5xx, connection lost): the call may or may not have been carried out. */
export function isUnknownOutcome(error: unknown): boolean {
  if (retryAfterSeconds(error) !== undefined) return false;
  const code = slackCode(error);
  return (
    code === undefined || ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'].includes(code)
  );
}

/** A metric label: few and known. */
export function outcomeOf(error: unknown): 'refused' | 'rate-limited' | 'unavailable' {
  if (retryAfterSeconds(error) !== undefined) return 'rate-limited';
  return isUnknownOutcome(error) ? 'unavailable' : 'refused';
}

/** The scope whose lack Slack named. */
export function neededScope(error: unknown): string | undefined {
  const data: object = error instanceof WebAPIPlatformError ? error.data : {};
  return 'needed' in data && typeof data.needed === 'string' && data.needed !== '' ? data.needed : undefined;
}
