import type { ClientAction } from '../../protocol';

export type Answer =
  | { ok: true; [key: string]: unknown }
  | { ok: false; error: string; detail?: string; errors?: Record<string, string> };

/** One thing a person does, told to the playground's server; resolves once the app has acknowledged it. */
export async function act(action: ClientAction): Promise<Answer> {
  try {
    const response = await fetch('/client/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
    });
    return (await response.json()) as Answer;
  } catch {
    return { ok: false, error: 'offline' };
  }
}

const SENTENCES: Record<string, string> = {
  offline: 'The playground does not answer. Is it still running?',
  app_timeout: 'The app did not answer within 3 seconds.',
  operation_timeout: 'The app did not answer within 3 seconds.',
  dispatch_failed: 'The app could not be reached.',
  app_error: 'The app answered with an error.',
  expired_trigger_id: 'The app was too slow to open its window.',
};

export function sentenceFor(answer: Answer): string {
  if (answer.ok) return '';
  return SENTENCES[answer.error] ?? answer.detail ?? `That did not work (${answer.error}).`;
}
