import { z } from 'zod';
import { ActionFailed } from '../../action.js';

const LONGEST = 400;
/** It may work later. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

const status = z.object({
  message: z.string().default(''),
  reason: z.string().default(''),
  details: z
    .object({
      causes: z
        .array(
          z.object({
            reason: z.string().default(''),
            message: z.string().default(''),
            field: z.string().default(''),
          }),
        )
        .default([]),
    })
    .partial()
    .default({}),
});

/** What the API server said no to, in words for people. */
export class ClusterRefused extends ActionFailed {
  constructor(
    sentence: string,
    readonly status: number,
    readonly reason: string,
    retryable = PASSING.has(status),
  ) {
    super(sentence, retryable);
  }
}

export interface Doing {
  readonly cluster: string;
  /** `making Deployment orders`. */
  readonly what: string;
}

/** The words for an answer that is no success. */
export function refusalOf(code: number, body: unknown, { cluster, what }: Doing): ClusterRefused {
  const { message, reason, details } = status.safeParse(body).data ?? { message: '', reason: '', details: {} };
  const said = shortened(message);
  const refused = (sentence: string, retryable?: boolean): ClusterRefused =>
    new ClusterRefused(sentence, code, reason, retryable);
  const conflicts = (details.causes ?? []).filter((cause) => cause.reason === 'FieldManagerConflict');
  if (conflicts.length > 0) return refused(`${capital(what)}: ${conflictWords(conflicts)}`);
  if (code === 401) return refused(`The cluster ${cluster} does not know our credentials. Tell the platform team.`);
  if (code === 403 && message.includes('exceeded quota'))
    return refused(`${capital(what)} would exceed the quota of the namespace: ${afterColon(said)}`);
  if (code === 403 && message.includes('is being terminated'))
    return refused(`${capital(what)} does not work now: the namespace is being taken away.`, true);
  if (code === 403) return refused(`The cluster ${cluster} does not allow us ${what}: ${said}`);
  if (code === 404) return refused(`${capital(what)} does not work on the cluster ${cluster}: ${said || 'not found'}`);
  if (code === 409)
    return refused(`${capital(what)} met another change at the same moment: ${said}`, reason === 'Conflict');
  if (code === 400 || code === 415 || code === 422)
    return refused(`The cluster ${cluster} does not take it as it is written (${what}): ${said}`);
  return refused(`The cluster ${cluster} answered ${code} when ${what}${said === '' ? '.' : `: ${said}`}`);
}

/** Who else holds which fields. */
function conflictWords(causes: readonly { message: string; field: string }[]): string {
  const fields = new Map<string, string[]>();
  for (const { message, field } of causes) {
    const manager = /conflict with "([^"]*)"/.exec(message)?.[1] ?? 'somebody else';
    fields.set(manager, [...(fields.get(manager) ?? []), field.replace(/^\./, '')]);
  }
  const told = [...fields].map(([manager, names]) => `“${manager}” looks after ${listed(names)}`);
  return `${told.join(', and ')}. Nothing was changed. Leave out these fields, or take them over with \`conflicts: take\`.`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** The kubeconfig's way to a login, which may be a program or another server, did not give one. */
export function notLoggedIn(cause: unknown, cluster: string): ActionFailed {
  return new ActionFailed(`Logging in to the cluster ${cluster} did not work. Tell the platform team.`, true, {
    cause,
  });
}

/** No answer at all. */
export function unanswered(error: unknown, cluster: string, signal: AbortSignal): ActionFailed {
  if (signal.aborted)
    return new ActionFailed(`It was stopped while waiting for the cluster ${cluster}.`, true, { cause: error });
  const { code = '' } = error as { code?: string };
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return new ActionFailed(
      `The certificate of the cluster ${cluster} is not trusted. Tell the platform team.`,
      false,
      {
        cause: error,
      },
    );
  return new ActionFailed(`The cluster ${cluster} does not answer.`, true, { cause: error });
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

function afterColon(text: string): string {
  return text.slice(text.indexOf('exceeded quota:') + 'exceeded quota:'.length).trim();
}
