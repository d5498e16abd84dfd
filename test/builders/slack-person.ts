import { once } from 'node:events';
import { WebSocket } from 'ws';
import type {
  ActionContainer,
  ClientAction,
  ClientSnapshot,
  PlaygroundChannel,
  PlaygroundMessage,
  PlaygroundView,
  ServerFrame,
} from '../../src/playground/index.js';

/** Far above what anything takes; only so that a test that waits for nothing says what it waited for. */
const PATIENCE_MILLISECONDS = 60_000;

export type ActAnswer = { ok: boolean; error?: string; detail?: string; errors?: Record<string, string> } & Record<
  string,
  unknown
>;
type Block = Record<string, unknown>;
type Element = Record<string, unknown> & { type: string; action_id: string };
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** Where a click goes: a message, or what is open before the person. */
export type Where = PlaygroundMessage | PlaygroundView | 'modal' | 'home';
/** What a person enters at a block: text, a number, a yes or no, an option's value or several, a person's id. */
export type Entry = string | number | boolean | string[] | null;

/** A person in front of the playground: acts through the client API and sees, live, exactly what their page would show. */
export class SlackPerson {
  private seen: ClientSnapshot | undefined;
  private socket: WebSocket | undefined;
  private connecting: Promise<void> | undefined;
  private readonly watchers = new Set<() => void>();
  /** What the client told them beside messages, newest last. */
  readonly notices: string[] = [];

  constructor(
    private readonly playgroundUrl: string,
    readonly id: string,
    private readonly patienceMilliseconds = PATIENCE_MILLISECONDS,
  ) {}

  /** Opens their page. Everything else does it by itself. */
  connect(): Promise<void> {
    this.connecting ??= this.open();
    return this.connecting;
  }

  async leave(): Promise<void> {
    const { socket } = this;
    this.connecting = undefined;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    const closed = once(socket, 'close');
    socket.terminate();
    await closed;
  }

  /** Does one thing and answers what the client learns of it, refusal or not. */
  async act(action: DistributiveOmit<ClientAction, 'user'>): Promise<ActAnswer> {
    await this.connect();
    const response = await fetch(`${this.playgroundUrl}/client/act`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...action, user: this.id }),
    });
    return (await response.json()) as ActAnswer;
  }

  /** Like {@link act}, and a refusal fails the test with the client's own words. */
  async must(action: DistributiveOmit<ClientAction, 'user'>): Promise<ActAnswer> {
    const answer = await this.act(action);
    if (!answer.ok) throw new Error(`${this.id} could not ${action.do}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Types a slash command: `slash('/qm request postgres-database', '#team-payments')`. */
  async slash(text: string, channel: string): Promise<ActAnswer> {
    const [command = '', ...rest] = text.split(' ');
    return this.act({ do: 'slash_command', channel: await this.channelId(channel), command, text: rest.join(' ') });
  }

  async say(text: string, channel: string, threadTs?: string): Promise<string> {
    const place = { channel: await this.channelId(channel), ...(threadTs === undefined ? {} : { threadTs }) };
    return String((await this.must({ do: 'post_message', text, ...place })).ts);
  }

  react(message: PlaygroundMessage, name: string): Promise<ActAnswer> {
    return this.must({ do: 'react', channel: message.channel, ts: message.ts, name });
  }

  unreact(message: PlaygroundMessage, name: string): Promise<ActAnswer> {
    return this.must({ do: 'unreact', channel: message.channel, ts: message.ts, name });
  }

  pin(message: PlaygroundMessage): Promise<ActAnswer> {
    return this.must({ do: 'pin', channel: message.channel, ts: message.ts });
  }

  openHome(): Promise<ActAnswer> {
    return this.must({ do: 'open_home' });
  }

  shortcut(callbackId: string, message?: PlaygroundMessage): Promise<ActAnswer> {
    if (message === undefined) return this.act({ do: 'global_shortcut', callbackId });
    return this.act({ do: 'message_shortcut', callbackId, channel: message.channel, ts: message.ts });
  }

  /** Clicks the button with this action id or this text. */
  async click(button: string, where: Where = 'modal'): Promise<ActAnswer> {
    const place = this.surface(where);
    const found = elementsOf(place.blocks).find(
      ({ element }) => element.action_id === button || textOf(element.text) === button,
    );
    if (found === undefined) throw new Error(`There is no button "${button}" in ${describe(place.blocks)}`);
    return this.act({
      do: 'block_action',
      container: place.container,
      blockId: found.blockId,
      actionId: found.element.action_id,
    });
  }

  /** Chooses in a select, a menu, checkboxes, a date … of a message or view, named by block id, action id or label. */
  async choose(field: string, entry: Entry, where: Where = 'modal'): Promise<ActAnswer> {
    const place = this.surface(where);
    const { blockId, element, input, dispatches } = fieldIn(place.blocks, field);
    const value = valueFor(element, entry);
    const at = { blockId, actionId: element.action_id };
    if (input && !dispatches && place.container.type === 'view')
      return this.must({ do: 'set_input', viewId: place.container.viewId, ...at, value });
    return this.must({ do: 'block_action', container: place.container, ...at, value });
  }

  /** Fills the open modal: `fill({ name: 'orders', Environment: 'production' })`, by block id, action id or label. */
  async fill(entries: Record<string, Entry>): Promise<void> {
    for (const [field, entry] of Object.entries(entries)) await this.choose(field, entry);
  }

  /** Chooses a file of their own for a file input of the open modal. */
  async attach(field: string, name: string, content: string): Promise<void> {
    const contentBase64 = Buffer.from(content).toString('base64');
    const { file } = await this.must({ do: 'upload_file', name, contentBase64 });
    const { container, blocks } = this.surface('modal');
    const { blockId, element } = fieldIn(blocks, field);
    if (container.type !== 'view') throw new Error('Files are given in modals only.');
    const at = { viewId: container.viewId, blockId, actionId: element.action_id };
    await this.must({ do: 'set_input', ...at, value: { files: [file] } });
  }

  /** Types into a select whose options the app has; answers what it offers. */
  async search(field: string, text: string, where: Where = 'modal'): Promise<ActAnswer> {
    const place = this.surface(where);
    const { blockId, element } = fieldIn(place.blocks, field);
    return this.act({ do: 'options', container: place.container, blockId, actionId: element.action_id, value: text });
  }

  /** Presses the open modal's submit button. */
  async submit(): Promise<ActAnswer> {
    return this.act({ do: 'submit_view', viewId: this.requireModal().id });
  }

  async close(clear = false): Promise<ActAnswer> {
    return this.act({ do: 'close_view', viewId: this.requireModal().id, clear });
  }

  /** What they see now. */
  get screen(): ClientSnapshot {
    if (this.seen === undefined) throw new Error(`${this.id} has not opened their page: await connect() first.`);
    return this.seen;
  }

  modal(): PlaygroundView | undefined {
    return this.screen.modals.at(-1);
  }

  home(): PlaygroundView | null {
    return this.screen.home;
  }

  channel(nameOrId: string): PlaygroundChannel | undefined {
    const name = nameOrId.replace(/^#/u, '');
    return this.screen.channels.find(
      (channel) => channel.id === nameOrId || (channel.name !== '' && channel.name === name),
    );
  }

  /** The direct message with the bot. */
  botDm(): PlaygroundChannel | undefined {
    const bot = this.screen.bot.userId;
    return this.screen.channels.find((channel) => channel.kind === 'im' && channel.memberIds.includes(bot));
  }

  /** The messages of a channel that they see, oldest first, ephemeral ones and replies among them. */
  messages(channel: string): PlaygroundMessage[] {
    return this.screen.messages[this.channel(channel)?.id ?? channel] ?? [];
  }

  replies(message: PlaygroundMessage): PlaygroundMessage[] {
    return this.messages(message.channel).filter((one) => one.threadTs === message.ts && one.ts !== message.ts);
  }

  /** Resolves with the first truthy answer, looked for now and after everything they get to see. */
  async waitFor<T>(
    look: (person: this) => T | null | undefined | false,
    what = 'what the test wanted to see',
    patienceMilliseconds = this.patienceMilliseconds,
  ): Promise<T> {
    await this.connect();
    return new Promise<T>((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.watchers.delete(check);
        finish();
      };
      const check = (): void => {
        try {
          const found = look(this);
          if (found !== null && found !== undefined && found !== false)
            settle(() => {
              resolve(found);
            });
        } catch (error) {
          settle(() => {
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        }
      };
      const timer = setTimeout(() => {
        settle(() => {
          reject(new Error(`${this.id} never saw ${what}. On their screen: ${this.summary()}`));
        });
      }, patienceMilliseconds);
      this.watchers.add(check);
      check();
    });
  }

  /** The first message in a channel that carries this text, in its text or its blocks. */
  waitForMessage(channel: string, text: string | RegExp): Promise<PlaygroundMessage> {
    return this.waitFor(
      (me) => me.messages(channel).find((message) => matches(wholeText(message), text)),
      `"${String(text)}" in ${channel}`,
    );
  }

  waitForModal(title?: string): Promise<PlaygroundView> {
    return this.waitFor(
      (me) => {
        const modal = me.modal();
        return title === undefined || modal?.title === title ? modal : undefined;
      },
      title === undefined ? 'a modal' : `the modal "${title}"`,
    );
  }

  private async open(): Promise<void> {
    const socket = new WebSocket(`${this.playgroundUrl.replace(/^http/u, 'ws')}/client/ws?user=${this.id}`);
    this.socket = socket;
    const first = once(socket, 'message');
    socket.on('message', (data: Buffer) => {
      this.see(JSON.parse(data.toString('utf8')) as ServerFrame);
    });
    await first;
  }

  private see(frame: ServerFrame): void {
    if (frame.type === 'snapshot') this.seen = frame.snapshot;
    else if (this.seen !== undefined) patch(this.seen, frame, this.notices);
    for (const watcher of [...this.watchers]) watcher();
  }

  private async channelId(nameOrId: string): Promise<string> {
    await this.connect();
    return this.channel(nameOrId)?.id ?? nameOrId;
  }

  private requireModal(): PlaygroundView {
    const modal = this.modal();
    if (modal === undefined) throw new Error(`${this.id} has no modal open.`);
    return modal;
  }

  private surface(where: Where): { container: ActionContainer; blocks: Block[] } {
    if (where === 'modal') return this.surface(this.requireModal());
    if (where === 'home') {
      const home = this.home();
      if (home === null) throw new Error(`${this.id} has no Home tab yet.`);
      return this.surface(home);
    }
    if ('ts' in where)
      return { container: { type: 'message', channel: where.channel, ts: where.ts }, blocks: where.blocks };
    return { container: { type: 'view', viewId: where.id }, blocks: where.blocks };
  }

  private summary(): string {
    const messages = Object.values(this.screen.messages)
      .flat()
      .slice(-15)
      .map((message) => `${message.channel} ${message.user}: ${wholeText(message)}`);
    return JSON.stringify(
      { modals: this.screen.modals.map(({ title, errors, blocks }) => ({ title, errors, blocks })), messages },
      null,
      1,
    );
  }
}

function patch(screen: ClientSnapshot, frame: Exclude<ServerFrame, { type: 'snapshot' }>, notices: string[]): void {
  switch (frame.type) {
    case 'message': {
      const list = (screen.messages[frame.message.channel] ??= []);
      const index = list.findIndex((message) => message.ts === frame.message.ts);
      if (index >= 0) list[index] = frame.message;
      else list.push(frame.message);
      break;
    }
    case 'message_removed':
      screen.messages[frame.channel] = (screen.messages[frame.channel] ?? []).filter(
        (message) => message.ts !== frame.ts,
      );
      break;
    case 'channel':
      screen.channels = [...screen.channels.filter((channel) => channel.id !== frame.channel.id), frame.channel];
      break;
    case 'users':
      screen.users = frame.users;
      break;
    case 'modals':
      screen.modals = frame.modals;
      break;
    case 'home':
      screen.home = frame.home;
      break;
    case 'notice':
      notices.push(frame.text);
      break;
  }
}

const textOf = (object: unknown): string =>
  typeof object === 'object' && object !== null && 'text' in object && typeof object.text === 'string'
    ? object.text
    : '';

const matches = (text: string, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);

/** All that stands in a message: its text and every text in its blocks. */
export function wholeText(message: { text?: string; title?: string; blocks: Block[] }): string {
  const texts: string[] = [message.text ?? '', message.title ?? ''];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'text' && typeof inner === 'string') texts.push(inner);
        else walk(inner);
      }
  };
  walk(message.blocks);
  return texts.filter((text) => text !== '').join('\n');
}

interface Field {
  blockId: string;
  element: Element;
  label: string;
  input: boolean;
  dispatches: boolean;
}

function elementsOf(blocks: Block[]): Field[] {
  return blocks.flatMap((block) => {
    const elements =
      block.type === 'actions'
        ? (block.elements as Element[])
        : [block.accessory ?? (block.type === 'input' ? block.element : undefined)];
    return elements.flatMap((element) =>
      element === undefined
        ? []
        : [
            {
              blockId: String(block.block_id),
              element: element as Element,
              label: textOf(block.label),
              input: block.type === 'input',
              dispatches: block.dispatch_action === true,
            },
          ],
    );
  });
}

function fieldIn(blocks: Block[], name: string): Field {
  const found = elementsOf(blocks).find(({ blockId, element, label }) =>
    [blockId, element.action_id, label].includes(name),
  );
  if (found === undefined) throw new Error(`There is no field "${name}" in ${describe(blocks)}`);
  return found;
}

const describe = (blocks: Block[]): string =>
  JSON.stringify(
    elementsOf(blocks).map(({ blockId, element, label }) => ({
      blockId,
      actionId: element.action_id,
      label,
      text: textOf(element.text),
    })),
  );

/** An entry in the form in which the client holds it for this element. */
function valueFor(element: Element, entry: Entry): Record<string, unknown> {
  const option = (value: unknown): unknown =>
    optionsOf(element).find((one) => one.value === value || textOf(one.text) === value) ?? {
      text: { type: 'plain_text', text: String(value) },
      value: String(value),
    };
  const list = Array.isArray(entry) ? entry : entry === null || entry === false ? [] : [String(entry)];
  switch (element.type) {
    case 'datepicker':
      return { selected_date: entry };
    case 'timepicker':
      return { selected_time: entry };
    case 'datetimepicker':
      return { selected_date_time: entry };
    case 'users_select':
      return { selected_user: entry };
    case 'conversations_select':
      return { selected_conversation: entry };
    case 'channels_select':
      return { selected_channel: entry };
    case 'multi_users_select':
      return { selected_users: list };
    case 'multi_conversations_select':
      return { selected_conversations: list };
    case 'multi_channels_select':
      return { selected_channels: list };
    case 'checkboxes':
      return { selected_options: entry === true ? optionsOf(element) : list.map(option) };
    case 'multi_static_select':
    case 'multi_external_select':
      return { selected_options: list.map(option) };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
    case 'overflow':
      return { selected_option: entry === null ? null : option(entry) };
    default:
      return { value: entry === null ? null : String(entry) };
  }
}

function optionsOf(element: Element): { value: string; text: unknown }[] {
  const groups = (element.option_groups ?? []) as { options: { value: string; text: unknown }[] }[];
  return (
    (element.options as { value: string; text: unknown }[] | undefined) ?? groups.flatMap((group) => group.options)
  );
}
