import { z } from 'zod';

const id = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'write lower-case letters, digits and single hyphens')
  .max(50);
const relation = z.enum(['lead', 'member']);
const count = z.int().min(1).max(5);
const hours = z.number().positive().max(720);

/** Whose votes are wanted. `relation` alone means the team that owns the subject. */
const voters = z.union([
  z.strictObject({ relation }),
  z.strictObject({ role: id }),
  z.strictObject({ team: id, relation: relation.default('member') }),
  z.strictObject({ itemOwners: z.literal(true), relation: relation.default('member') }),
  z.strictObject({ manager: z.literal(true) }),
]);
const group = z.strictObject({ count: count.default(1), from: voters });
const stage = z.strictObject({ all: z.array(group).min(1).max(5) });

/**
 * What a rule wants: stages one after the other, each of groups that must all agree; or, for short, the people of one group
 * (`count`, `from`) and in which stage they are asked.
 */
export const approvalParser = z
  .strictObject({
    count: count.exactOptional(),
    from: voters.exactOptional(),
    stage: z.int().min(1).max(5).exactOptional(),
    stages: z.array(stage).min(1).max(5).exactOptional(),
    expiresAfterHours: hours.default(24),
    remindAfterHours: hours.exactOptional(),
    escalateTo: voters.exactOptional(),
    escalateAfterHours: hours.exactOptional(),
  })
  .refine(({ from, stages }) => (from === undefined) !== (stages === undefined), {
    message: 'an approval says whose votes it wants once',
    params: { remedy: 'write either “from”, for one group, or “stages”' },
  })
  .refine(({ stages, ...short }) => stages === undefined || (short.count ?? short.stage) === undefined, {
    message: 'count and stage belong to the short form with “from”',
    params: { remedy: 'write the count at each group of “stages”' },
  })
  .refine(({ escalateTo, escalateAfterHours }) => (escalateTo === undefined) === (escalateAfterHours === undefined), {
    message: 'escalateTo and escalateAfterHours belong together',
    params: { remedy: 'write both or neither' },
  })
  .refine(({ escalateAfterHours, expiresAfterHours }) => (escalateAfterHours ?? 0) < expiresAfterHours, {
    path: ['escalateAfterHours'],
    message: 'escalateAfterHours would come after the approval has expired',
    params: { remedy: 'write fewer hours than expiresAfterHours' },
  });

export type RuleApproval = z.infer<typeof approvalParser>;
export type RuleVoters = z.infer<typeof voters>;

/** Everybody a rule's approval names, with where that stands below `approval`. */
export function votersNamed(approval: RuleApproval | undefined): { at: (string | number)[]; voters: RuleVoters }[] {
  if (approval === undefined) return [];
  const { from, stages = [], escalateTo } = approval;
  return [
    ...(from === undefined ? [] : [{ at: ['from'], voters: from }]),
    ...stages.flatMap(({ all }, stageAt) =>
      all.map((one, at) => ({ at: ['stages', stageAt, 'all', at, 'from'], voters: one.from })),
    ),
    ...(escalateTo === undefined ? [] : [{ at: ['escalateTo'], voters: escalateTo }]),
  ];
}
