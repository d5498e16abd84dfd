import { z } from 'zod';
import type { ApprovalNeed } from '../policy/index.js';

const voters = z.object({
  teamId: z.string().exactOptional(),
  relation: z.enum(['lead', 'member']).exactOptional(),
  role: z.string().exactOptional(),
  managerOf: z.string().exactOptional(),
});
const group = z.object({
  count: z.int().min(1),
  from: voters,
  describe: z.string(),
  escalation: z.object({ to: voters, describe: z.string(), afterSeconds: z.number() }).exactOptional(),
});
const inStages = z.object({
  stages: z.array(z.object({ all: z.array(group) })),
  describe: z.string(),
  expiresAfterSeconds: z.number(),
  remindAfterSeconds: z.number().exactOptional(),
});
/** As it was kept before there were stages. */
const ofOneGroup = z
  .object({ count: z.int().min(1), from: voters, describe: z.string(), expiresAfterSeconds: z.number() })
  .transform(({ count, from, describe, expiresAfterSeconds }) => ({
    stages: [{ all: [{ count, from, describe: describe.replace(/, not the requester$/, '') }] }],
    describe,
    expiresAfterSeconds,
  }));

/** An {@link ApprovalNeed} as it comes back from the database, in its shape of now or of before. */
export const approvalNeedSchema: z.ZodType<ApprovalNeed> = z.union([inStages, ofOneGroup]);
