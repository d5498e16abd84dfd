import type { Approval, ApprovalState } from './approval.js';

/** What became of a vote, told to whoever cast it. People are named by Slack user id. */
export function settledWords(approval: Approval): string {
  const by = approval.decidedBy.map((id) => `<@${id}>`).join(', ');
  const words: Record<ApprovalState, string> = {
    // Its time is up by the database's clock, and whoever ends the wait has not come by yet.
    waiting: 'The time to vote on this is over',
    approved: `${by} approved this already`,
    denied: `${by} denied this already`,
    expired: 'The time to vote on this is over',
    cancelled: 'This was withdrawn already',
  };
  return `${words[approval.state]}. Your vote was noted and changed nothing.`;
}

export function notEligibleWords(approval: Approval, personId: string): string {
  if (personId === approval.requesterId) return 'Nobody approves their own request. Ask somebody else who may.';
  return `Your vote does not count here: wanted is ${approval.need.describe}. Nothing was changed.`;
}

export function decidedWords(approval: Approval): string {
  return approval.state === 'approved'
    ? 'Your vote decided it: approved.'
    : 'Your vote decided it: denied. The requester is told your reason.';
}

export function countedWords(approval: Approval, eligible: ReadonlySet<string>): string {
  const yes = approval.votes.filter((vote) => vote.choice === 'yes' && eligible.has(vote.personId)).length;
  return `Your vote counts: ${yes} of ${approval.need.count} so far.`;
}
