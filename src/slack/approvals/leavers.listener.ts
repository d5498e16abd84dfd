import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Approvals } from '../../approvals/index.js';
import type { SlackFeature } from '../slack-feature.js';
import type { Listeners } from '../wire/listener-table.js';

/** Slack tells of every change of a status, too. */
const changed = z.object({
  user: z.object({
    deleted: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
  }),
});

/** Somebody left, or became a guest: what waits for them says so. Their votes are looked at anew with the next vote anyway. */
@Injectable()
export class LeaversListener implements SlackFeature {
  constructor(private readonly approvals: Approvals) {}

  register(app: Listeners): void {
    app.event('user_change', async ({ event }) => {
      const { user } = changed.parse(event);
      if (user.deleted || user.is_restricted || user.is_ultra_restricted) await this.approvals.peopleChanged();
    });
  }
}
