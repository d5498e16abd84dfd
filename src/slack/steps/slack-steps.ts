import { Injectable } from '@nestjs/common';
import { People, SlackDirectory } from '../../identity/index.js';
import { SlackForSteps, type SlackHands } from '../../orchestrator/index.js';
import { Redactor } from '../../secrets/index.js';
import { SharedLanes } from '../cards/shared-lanes.js';
import { ChannelBook } from '../web/channel-book.js';
import { SlackClient } from '../web/slack-client.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Workspace } from '../web/workspace.js';
import { StepBookmarks } from './step-bookmarks.js';
import { StepCalls } from './step-calls.js';
import { StepCanvases } from './step-canvases.js';
import { StepChannels } from './step-channels.js';
import { StepMembers } from './step-members.js';
import { StepPosts } from './step-posts.js';

/** What `slack:*` steps do, in the workspace that the bot is connected to. */
@Injectable()
export class SlackSteps extends SlackForSteps {
  constructor(
    private readonly client: SlackClient,
    private readonly lanes: SharedLanes,
    private readonly book: ChannelBook,
    private readonly gateway: SlackGateway,
    private readonly workspace: Workspace,
    private readonly people: People,
    private readonly directory: SlackDirectory,
    private readonly redactor: Redactor,
  ) {
    super();
  }

  hands(signal: AbortSignal): SlackHands {
    const calls = new StepCalls(this.client, this.lanes, signal);
    const facts = () => calls.ask('auth.test', () => this.workspace.facts());
    return {
      channels: new StepChannels(calls, this.book, this.redactor, facts),
      members: new StepMembers(calls, this.people, (handle) => this.directory.userGroupMembers(handle)),
      bookmarks: new StepBookmarks(calls, this.redactor),
      canvases: new StepCanvases(calls, this.redactor, facts),
      posts: new StepPosts(calls, this.gateway),
    };
  }
}
