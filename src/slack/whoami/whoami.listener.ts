import { Injectable } from '@nestjs/common';
import type { Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import type { SlackFeature, Subcommand } from '../slack-feature.js';
import { type Answer, whoamiWords } from './whoami.view.js';

/** `/qm whoami` */
@Injectable()
export class WhoamiFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'whoami',
      usage: '',
      summary: 'your teams, your roles, and what you may do',
      inThreads: true,
      onlyReads: true,
      run: ({ person, reply }) => reply(whoamiWords(person, this.policy.teamsOf(person), this.answers(person))),
    },
  ];

  constructor(private readonly policy: Policy) {}

  private answers(person: Person): Answer[] {
    const ofTeams = this.policy.teamsOf(person).flatMap(({ id: teamId, title }) =>
      this.policy.environments().map(
        (environment): Answer => ({
          what: `Request for ${title} in ${environment}.`,
          permission: this.policy.can(person, 'request', { kind: 'catalog', teamId, environment }),
        }),
      ),
    );
    return [
      ...ofTeams,
      { what: 'Declare incidents.', permission: this.policy.can(person, 'declare', { kind: 'incident' }) },
      { what: 'Run steps of a playbook.', permission: this.policy.can(person, 'run-step', { kind: 'incident' }) },
      { what: 'Read the audit trail.', permission: this.policy.can(person, 'audit', { kind: 'audit' }) },
    ];
  }
}
