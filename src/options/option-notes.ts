/** What is said in a menu beside, or instead of, options: at most 75 characters, as Slack takes no more there. */
export const NOTES = {
  more: 'More than 100 match. Type on to narrow it down.',
  noMatch: 'Nothing matches. Try other letters.',
  nothing: 'There is nothing to choose from.',
  loading: 'Still loading. Type again in a moment.',
  down: 'The list can’t be reached right now. Try again in a minute.',
  downButAccepts: 'The list can’t be reached right now. Your own words are taken.',
  typeIt: 'The list can’t be reached right now. Type the value.',
  withheld: 'These choices are for members of the chosen team.',
  unknown: 'This field is not in the form any more. Open it again.',
} as const;

export function staleNote(loadedAt: Date, failed: boolean): string {
  const time = loadedAt.toISOString().slice(11, 16);
  return failed
    ? `Can’t be reached right now. This is as of ${time} UTC.`
    : `As of ${time} UTC. It is being loaded again.`;
}

export function incompleteNote(labels: readonly string[]): string {
  const named = labels.map((label) => `“${label}”`).join(' and ');
  return named === '' ? 'The other fields do not lead to a list yet.' : `First fill in ${named}.`;
}
