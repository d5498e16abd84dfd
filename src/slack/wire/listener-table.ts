import type { AnyMiddlewareArgs, App } from '@slack/bolt';

type Kind = 'action' | 'command' | 'event' | 'options' | 'shortcut' | 'view';
/** What features attach their listeners to: Bolt's own words, by exact id. */
export type Listeners = Pick<App, Kind>;

type Listener = (args: unknown) => Promise<void>;
type Attach = (key: unknown, ...listeners: Listener[]) => void;

/**
 * Finds the listener of a delivery by its id. Bolt alone would ask each of its listeners in turn whether a delivery is theirs, with
 * arguments made for each: with some fifty of them that costs as much as all the rest of an answer.
 */
export class ListenerTable implements Listeners {
  readonly action = this.attaching('action') as unknown as App['action'];
  readonly command = this.attaching('command') as unknown as App['command'];
  readonly event = this.attaching('event') as unknown as App['event'];
  readonly options = this.attaching('options') as unknown as App['options'];
  readonly shortcut = this.attaching('shortcut') as unknown as App['shortcut'];
  readonly view = this.attaching('view') as unknown as App['view'];
  private readonly listeners = new Map<string, Listener[]>();

  /** As a middleware before all listeners of Bolt, of which there is none. */
  serve(app: App): void {
    app.use((args) => this.route(args));
  }

  private route(args: AnyMiddlewareArgs): Promise<void> {
    if ('command' in args) return this.run('command', args.command.command, args);
    if ('action' in args) return this.run('action', 'action_id' in args.action ? args.action.action_id : '', args);
    if ('options' in args) return this.run('options', String(args.options.action_id), args);
    if ('shortcut' in args) return this.run('shortcut', args.shortcut.callback_id, args);
    if ('event' in args) return this.run('event', args.event.type, args);
    const isSent = args.body.type === 'view_submission';
    return isSent ? this.run('view', args.view.callback_id, args) : Promise.resolve();
  }

  private attaching(kind: Kind): Attach {
    return (key, ...listeners) => {
      const name = `${kind}:${idOf(key)}`;
      this.listeners.set(name, [...(this.listeners.get(name) ?? []), ...listeners]);
    };
  }

  /** All of them, also when one fails; the first failure is the delivery's. */
  private async run(kind: Kind, id: string, args: unknown): Promise<void> {
    const listeners = this.listeners.get(`${kind}:${id}`) ?? [];
    const [only] = listeners;
    if (only !== undefined && listeners.length === 1) return only(args);
    const outcomes = await Promise.allSettled(listeners.map((listener) => listener(args)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
}

function idOf(key: unknown): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'object' && key !== null) {
    if ('callback_id' in key && typeof key.callback_id === 'string') return key.callback_id;
    if ('action_id' in key && typeof key.action_id === 'string') return key.action_id;
  }
  throw new Error('Listeners are found by their exact id.');
}
