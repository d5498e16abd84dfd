import { z } from 'zod';

const id = z.string().max(400);
const ref = z.looseObject({ id: id.optional(), team_id: id.nullish() });

/** The few fields of a delivery that are read before anything is done with it. */
const envelope = z.looseObject({
  type: id.optional(),
  command: id.optional(),
  trigger_id: id.optional(),
  event_id: id.optional(),
  team_id: id.nullish(),
  team: z.looseObject({ id: id.optional() }).nullish(),
  user_id: id.optional(),
  channel_id: id.optional(),
  response_url: z.string().optional(),
  user: ref.optional(),
  channel: z.looseObject({ id: id.optional() }).nullish(),
  container: z.looseObject({ channel_id: id.optional(), thread_ts: id.optional() }).optional(),
  view: z.looseObject({ id: id.optional(), hash: id.optional() }).optional(),
  actions: z.array(z.looseObject({ action_id: id.optional(), action_ts: id.optional() })).optional(),
  event: z
    .looseObject({
      type: id.optional(),
      user: z.union([id, ref]).optional(),
      bot_id: id.nullish(),
      channel: z.unknown().optional(),
      thread_ts: id.optional(),
      ts: id.optional(),
    })
    .optional(),
});

type Envelope = z.infer<typeof envelope>;

export interface DeliveryFacts {
  /** Metric label: `command`, `block_actions`, `view_submission`, `reaction_added` … */
  readonly kind: string;
  /** The same for a repeated delivery; undefined for what may be answered twice. */
  readonly key: string | undefined;
  /** Whether taking it must be remembered beyond this process; for a command, its subcommand says. */
  readonly durable: boolean;
  readonly isEvent: boolean;
  readonly teamId: string | undefined;
  readonly userId: string | undefined;
  /** Said or done by a bot, ourselves included. */
  readonly byBot: boolean;
  readonly channelId: string | undefined;
  readonly threadTs: string | undefined;
  /** A bearer address: never logged, never stored. */
  readonly responseUrl: string | undefined;
}

const KINDS = new Set([
  'block_actions',
  'view_submission',
  'view_closed',
  'shortcut',
  'message_action',
  'block_suggestion',
  'reaction_added',
  'reaction_removed',
  'app_mention',
  'app_home_opened',
  'message',
  'pin_added',
  'user_change',
]);

const DURABLE = new Set(['block_actions', 'view_submission', 'shortcut', 'message_action']);

/** Null when it does not look like anything Slack sends. */
export function deliveryFacts(body: unknown): DeliveryFacts | null {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return null;
  const from = parsed.data;
  const raw = from.command !== undefined ? 'command' : from.type === 'event_callback' ? from.event?.type : from.type;
  const kind = raw === 'command' || (raw !== undefined && KINDS.has(raw)) ? raw : 'other';
  const eventUser = typeof from.event?.user === 'string' ? from.event.user : from.event?.user?.id;
  return {
    kind,
    key: keyOf(kind, from),
    durable: from.event_id !== undefined || DURABLE.has(kind),
    isEvent: from.type === 'event_callback',
    teamId: from.team?.id ?? from.team_id ?? from.user?.team_id ?? undefined,
    userId: from.user_id ?? from.user?.id ?? eventUser,
    byBot: typeof from.event?.bot_id === 'string',
    channelId: channelOf(from),
    threadTs: from.container?.thread_ts ?? from.event?.thread_ts,
    responseUrl: from.response_url,
  };
}

function channelOf(from: Envelope): string | undefined {
  const inEvent = from.event?.channel;
  return (
    from.channel_id ??
    from.channel?.id ??
    from.container?.channel_id ??
    (typeof inEvent === 'string' ? inEvent : undefined)
  );
}

function keyOf(kind: string, from: Envelope): string | undefined {
  if (from.event_id !== undefined) return `event:${from.event_id}`;
  if (kind === 'block_suggestion' || from.trigger_id === undefined) return undefined;
  return `${kind}:${from.trigger_id}`;
}
