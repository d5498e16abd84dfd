import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import type { Words } from '../slack-feature.js';
import type { ClaimedNotice } from './notice.store.js';
import { NOTICE_VIEWS } from './notices.view.js';

/** The words of a notice. */
@Injectable()
export class NoticeWording {
  constructor(@Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>) {}

  of({ template, data }: ClaimedNotice): Words {
    return NOTICE_VIEWS[template](data, { command: this.env.slackCommand });
  }
}
