import type { PolicyDecision } from './policy-decision.js';
import type { Waiver } from './waivers.js';

/** What is requested through a broken glass lives no longer than this, in hours. */
export const BROKEN_GLASS_LEASE_HOURS = 8;

/** No approval is wanted while the glass is broken; a refusal stays one. */
export function throughBrokenGlass(decision: PolicyDecision, { id }: Waiver): PolicyDecision {
  if (decision.outcome !== 'needs-approval') return decision;
  const reasons = decision.reasons.map((reason) =>
    reason.outcome === 'needs-approval'
      ? {
          ...reason,
          outcome: 'waived' as const,
          message: `Waived in an incident (${id}), to be reviewed: ${reason.message}`,
        }
      : reason,
  );
  return { outcome: 'allow', reasons };
}
