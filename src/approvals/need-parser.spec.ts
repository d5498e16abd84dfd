import { approvalNeedSchema } from './need-parser.js';

describe('a need as it comes back from the database', () => {
  it('is read in its shape of before there were stages', () => {
    const from = { teamId: 'payments', relation: 'lead' };
    const before = { count: 2, from, describe: '2 leads of Payments, not the requester', expiresAfterSeconds: 60 };
    expect(approvalNeedSchema.parse(before)).toEqual({
      stages: [{ all: [{ count: 2, from, describe: '2 leads of Payments' }] }],
      describe: '2 leads of Payments, not the requester',
      expiresAfterSeconds: 60,
    });
  });

  it('is read in its shape of now, with everything in it', () => {
    const escalation = { to: { role: 'security-reviewer' }, describe: '1 security reviewer', afterSeconds: 30 };
    const now = {
      stages: [
        { all: [{ count: 1, from: { managerOf: 'ada@x.test' }, describe: 'the requester’s manager', escalation }] },
      ],
      describe: 'the requester’s manager, not the requester',
      expiresAfterSeconds: 60,
      remindAfterSeconds: 10,
    };
    expect(approvalNeedSchema.parse(now)).toEqual(now);
  });
});
