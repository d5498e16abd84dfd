import { WebSocket } from 'ws';
import type {
  ActionContainer,
  ClientAction,
  ClientSnapshot,
  PlaygroundChannel,
  PlaygroundMessage,
  PlaygroundView,
  ServerFrame,
} from '../../src/playground/protocol.js';
import { entryOf, type FormValue, placeOfAction, placeOfBlock, type SlackOption } from './slack-form.js';

export type Answer =
  | { ok: true; [field: string]: unknown }
  | { ok: false; error: string; detail?: string; errors?: Record<string, string> };

interface Waiter {
  attempt(): boolean;
  fail(reason: Error): void;
}

/** After this long a test is told what was there instead; it is a limit for failure, never a wait. */
const PATIENCE_MS = 20_000;

/** Somebody at the playground, seeing what they would see in Slack and doing what they could do there. */
export class SlackPerson {
  private readonly socket: WebSocket;
  private readonly waiters = new Set<Waiter>();
  private state: ClientSnapshot | undefined;
  /** What the playground told this person in passing. */
  readonly notices: string[] = [];

  constructor(
    private readonly playgroundUrl: string,
    readonly userId: string,
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.socket = new WebSocket(`${playgroundUrl.replace(/^http/u, 'ws')}/client/ws?user=${userId}`);
    this.socket.on('message', (data: Buffer) => {
      this.apply(JSON.parse(data.toString('utf8')) as ServerFrame);
    });
    this.socket.on('error', (error) => {
      for (const waiter of [...this.waiters]) waiter.fail(error);
    });
  }

  close(): void {
    this.socket.terminate();
  }

  /** Everything this person sees, as soon as it is there. */
  async screen(): Promise<ClientSnapshot> {
    return this.until('the first screen', (state) => state);
  }

  /** Waits until `look` finds something on the screen. Looked at again after every change, never on a timer. */
  async until<T>(what: string, look: (state: ClientSnapshot) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
      };
      const waiter: Waiter = {
        attempt: () => {
          const found = this.state === undefined ? undefined : look(this.state);
          if (found === undefined) return false;
          finish();
          resolve(found);
          return true;
        },
        fail: (reason) => {
          finish();
          reject(reason);
        },
      };
      const timer = setTimeout(() => {
        waiter.fail(new Error(`${this.userId} waited in vain for ${what}. They saw:\n${this.describe()}`));
      }, this.patienceMs);
      this.waiters.add(waiter);
      this.look(waiter);
    });
  }

  /** A message this person can see, in any channel, ephemeral ones included. */
  async waitForMessage(predicate: (message: PlaygroundMessage) => boolean): Promise<PlaygroundMessage> {
    return this.until('a message', (state) => Object.values(state.messages).flat().find(predicate));
  }

  /** The modal on top, once it fits. */
  async waitForModal(predicate: (modal: PlaygroundView) => boolean = () => true): Promise<PlaygroundView> {
    return this.until('a modal', (state) =>
      [state.modals.at(-1)].find((modal) => modal !== undefined && predicate(modal)),
    );
  }

  async waitForNoModal(): Promise<void> {
    await this.until('all modals to close', (state) => (state.modals.length === 0 ? true : undefined));
  }

  async waitForHome(predicate: (home: PlaygroundView) => boolean = () => true): Promise<PlaygroundView> {
    return this.until('the Home tab', ({ home }) => (home !== null && predicate(home) ? home : undefined));
  }

  async channel(name: string): Promise<PlaygroundChannel> {
    return this.until(`#${name}`, (state) => state.channels.find((channel) => channel.name === name));
  }

  async messages(channelName: string): Promise<PlaygroundMessage[]> {
    const channel = await this.channel(channelName);
    return (await this.screen()).messages[channel.id] ?? [];
  }

  /** The raw way in: answers what Slack's client would learn, refusals included. */
  async act(action: ClientAction): Promise<Answer> {
    const response = await fetch(`${this.playgroundUrl}/client/act`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
    });
    return (await response.json()) as Answer;
  }

  async slash(line: string, channelName = 'general'): Promise<Answer> {
    const [command = '', ...words] = line.split(' ');
    const { id } = await this.channel(channelName);
    return this.must({ do: 'slash_command', user: this.userId, channel: id, command, text: words.join(' ') });
  }

  async say(text: string, channelName = 'general', threadTs?: string): Promise<Answer> {
    const { id } = await this.channel(channelName);
    const thread = threadTs === undefined ? {} : { threadTs };
    return this.must({ do: 'post_message', user: this.userId, channel: id, text, ...thread });
  }

  async shortcut(callbackId: string): Promise<Answer> {
    return this.must({ do: 'global_shortcut', user: this.userId, callbackId });
  }

  async messageShortcut(message: PlaygroundMessage, callbackId: string): Promise<Answer> {
    const { channel, ts } = message;
    return this.must({ do: 'message_shortcut', user: this.userId, callbackId, channel, ts });
  }

  async openHome(): Promise<Answer> {
    return this.must({ do: 'open_home', user: this.userId });
  }

  /** Presses a button, or chooses `value` in a menu, of a message, a modal or the Home tab. */
  async click(target: PlaygroundMessage | PlaygroundView, actionId: string, value?: FormValue): Promise<Answer> {
    const { blockId, element } = placeOfAction(target, actionId);
    const entry = value === undefined ? undefined : entryOf(element, value);
    return this.must({
      do: 'block_action',
      user: this.userId,
      container: containerOf(target),
      blockId,
      actionId,
      ...(entry === undefined || entry === null ? {} : { value: entry }),
    });
  }

  /** What a select offers once this was typed into it. */
  async options(target: PlaygroundMessage | PlaygroundView, actionId: string, query: string): Promise<SlackOption[]> {
    const { blockId } = placeOfAction(target, actionId);
    const container = containerOf(target);
    const answer = await this.must({ do: 'options', user: this.userId, container, blockId, actionId, value: query });
    if (!answer.ok) return [];
    const groups = answer.option_groups as { options: SlackOption[] }[] | undefined;
    return groups?.flatMap((group) => group.options) ?? (answer.options as SlackOption[]);
  }

  /** Fills inputs by `block_id`, one after the other as a person does. */
  async fill(modal: PlaygroundView, values: Record<string, FormValue>): Promise<void> {
    for (const [blockId, value] of Object.entries(values)) await this.fillOne(modal, blockId, value);
  }

  /** Submits the modal on top. Answers also when the input was refused: `{ ok: false, error: 'invalid_input', errors }`. */
  async submit(): Promise<Answer> {
    const { id } = await this.waitForModal();
    return this.act({ do: 'submit_view', user: this.userId, viewId: id });
  }

  async dismiss(): Promise<Answer> {
    const { id } = await this.waitForModal();
    return this.must({ do: 'close_view', user: this.userId, viewId: id });
  }

  async react(message: PlaygroundMessage, name: string): Promise<Answer> {
    const { channel, ts } = message;
    return this.must({ do: 'react', user: this.userId, channel, ts, name });
  }

  async unreact(message: PlaygroundMessage, name: string): Promise<Answer> {
    const { channel, ts } = message;
    return this.must({ do: 'unreact', user: this.userId, channel, ts, name });
  }

  async pin(message: PlaygroundMessage): Promise<Answer> {
    const { channel, ts } = message;
    return this.must({ do: 'pin', user: this.userId, channel, ts });
  }

  private async fillOne(modal: PlaygroundView, blockId: string, value: FormValue): Promise<void> {
    const { element, dispatches } = placeOfBlock(modal, blockId);
    const actionId = element.action_id;
    const isExternal = element.type.endsWith('external_select') && typeof value === 'string';
    const entry = entryOf(element, value, isExternal ? await this.options(modal, actionId, value) : undefined);
    const place = { user: this.userId, blockId, actionId };
    if (dispatches && entry !== null)
      await this.must({ do: 'block_action', ...place, container: containerOf(modal), value: entry });
    else await this.must({ do: 'set_input', ...place, viewId: modal.id, value: entry });
  }

  private async must(action: ClientAction): Promise<Answer> {
    const answer = await this.act(action);
    if (!answer.ok)
      throw new Error(`${action.do} was refused: ${answer.error} ${answer.detail ?? ''}\n${this.describe()}`);
    return answer;
  }

  private look(waiter: Waiter): void {
    try {
      waiter.attempt();
    } catch (error) {
      waiter.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private apply(frame: ServerFrame): void {
    if (frame.type === 'snapshot') this.state = frame.snapshot;
    else if (frame.type === 'notice') this.notices.push(frame.text);
    else if (this.state !== undefined) patch(this.state, frame);
    for (const waiter of [...this.waiters]) this.look(waiter);
  }

  private describe(): string {
    if (this.state === undefined) return '(nothing yet)';
    const { messages, modals, channels } = this.state;
    const name = (id: string): string => channels.find((channel) => channel.id === id)?.name ?? id;
    return [
      ...modals.map((modal) => `modal ${modal.callbackId} "${modal.title}" ${JSON.stringify(modal.errors)}`),
      ...Object.values(messages)
        .flat()
        .slice(-30)
        .map((message) => `#${name(message.channel)} ${message.user}: ${message.text}`),
    ].join('\n');
  }
}

function patch(state: ClientSnapshot, frame: Exclude<ServerFrame, { type: 'snapshot' | 'notice' }>): void {
  switch (frame.type) {
    case 'message': {
      const list = (state.messages[frame.message.channel] ??= []);
      const at = list.findIndex((one) => one.ts === frame.message.ts);
      if (at >= 0) list[at] = frame.message;
      else list.push(frame.message);
      break;
    }
    case 'message_removed':
      state.messages[frame.channel] = (state.messages[frame.channel] ?? []).filter((one) => one.ts !== frame.ts);
      break;
    case 'channel': {
      const at = state.channels.findIndex((one) => one.id === frame.channel.id);
      if (at >= 0) state.channels[at] = frame.channel;
      else state.channels.push(frame.channel);
      break;
    }
    case 'users':
      state.users = frame.users;
      break;
    case 'modals':
      state.modals = frame.modals;
      break;
    case 'home':
      state.home = frame.home;
      break;
  }
}

const containerOf = (target: PlaygroundMessage | PlaygroundView): ActionContainer =>
  'id' in target ? { type: 'view', viewId: target.id } : { type: 'message', channel: target.channel, ts: target.ts };
