import { Inject, Injectable } from '@nestjs/common';
import { Audit, AuditVerification } from '../../audit/index.js';
import { ENV, type Env } from '../../config/index.js';
import type { Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import { Requests } from '../../requests/index.js';
import { AppError } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand, Words } from '../slack-feature.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedValue } from '../wire/parsed.js';
import { trailWords, verdictWords } from './audit.view.js';
import { PostedCheckpoints } from './posted-checkpoints.js';

const PAGE = 15;

class AuditRefused extends AppError {
  readonly code = 'audit.refused';
}

/** `/qm audit`: the trail, for those who may read it; and whether it is whole. */
@Injectable()
export class AuditFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'audit',
      usage: '[subject | verify]',
      summary: 'the trail of who did what, for auditors, and whether it is whole',
      inThreads: true,
      run: (call) => this.command(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly audit: Audit,
    private readonly verification: AuditVerification,
    private readonly posted: PostedCheckpoints,
    private readonly requests: Requests,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.olderEvents, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      this.assertAuditor(await call.person());
      const [before = '', subject = ''] = clickedValue(action).split('|');
      await call.tell(await this.trail(subject, before));
    });
  }

  private async command({ person, text, traceId, reply }: CommandCall): Promise<void> {
    this.assertAuditor(person);
    const subject = meant(text);
    if (subject.toLowerCase() !== 'verify') return reply(await this.trail(subject));
    const verdict = await this.verification.verify({ personId: person.id, traceId }, [this.posted]);
    return reply(verdictWords(verdict, this.env.channels.audit));
  }

  private async trail(subject: string, before?: string): Promise<Words> {
    const wish = {
      ...(subject !== '' && { subjectIds: await this.subjects(subject) }),
      ...(before !== undefined && { before }),
    };
    const found = await this.audit.page({ ...wish, limit: PAGE + 1 });
    const events = found.slice(0, PAGE);
    const last = events.at(-1);
    const older = found.length > PAGE && last !== undefined ? `${last.id}|${subject}` : null;
    return trailWords({ subject, events, older });
  }

  /** A request's trail goes on with what it made. */
  private async subjects(subject: string): Promise<string[]> {
    const request = subject.startsWith('req-') ? await this.requests.find(subject) : null;
    return request === null ? [subject] : [subject, request.resourceId];
  }

  /** @throws AuditRefused in the rule's own words */
  private assertAuditor(person: Person): void {
    const { allowed, reason } = this.policy.can(person, 'audit', { kind: 'audit' });
    if (!allowed) throw new AuditRefused(reason);
  }
}

/** Ids as people write them: in back-ticks, or a person by mentioning them. */
function meant(text: string): string {
  const [word = ''] = text.replaceAll('`', '').split(/\s+/);
  const [, person] = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(word) ?? [];
  return (person ?? word).slice(0, 80);
}
