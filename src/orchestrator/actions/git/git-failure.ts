import type { ProgramResult } from '../../../platform/programs/index.js';
import { ActionFailed } from '../../action.js';

const SENTENCES: readonly (readonly [RegExp, string, boolean])[] = [
  [
    /Authentication failed|could not read (?:Username|Password)|Permission denied|returned error: 40[13]|access denied/i,
    'The Git server refused the login.',
    false,
  ],
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION/i,
    'The Git server does not have the key that is known of it.',
    false,
  ],
  [/dubious ownership/i, 'The repository belongs to another user of this machine.', false],
  [
    /not found|does not appear to be a git repository|does not exist/i,
    'There is no such Git repository, or it may not be seen.',
    false,
  ],
  [/transport '.*' not allowed|redirect/i, 'The Git server sends elsewhere, which is not followed.', false],
  [
    /Could not resolve|Failed to connect|Connection (?:refused|reset|timed out|closed)|timed out|early EOF|hung up|returned error: (?:429|5\d\d)|Couldn't connect|unable to access|Operation too slow/i,
    'The Git server does not answer just now.',
    true,
  ],
  [
    /cannot lock ref|unable to create .*lock|another git process/i,
    'Somebody else is writing to the Git repository just now.',
    true,
  ],
  [
    /No space left|out of memory|cannot allocate|unable to write/i,
    'There is no room for this Git repository here.',
    true,
  ],
];

/** In a sentence; what git said stays in the log, where the redactor has looked at it. */
export function gitFailure({ exitCode, stderr }: ProgramResult, doing: string): ActionFailed {
  const [, sentence, retryable] = SENTENCES.find(([pattern]) => pattern.test(stderr)) ?? [];
  const cause = new Error(`git ${doing} ended with ${exitCode}: ${stderr.trim().slice(-500)}`);
  return new ActionFailed(sentence ?? `Git could not ${doing}.`, retryable ?? false, { cause });
}
