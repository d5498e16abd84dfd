import type { KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import type { ScheduleChoice, Schedules } from '../../catalog/index.js';
import type { ResourceLife, ResourceSchedule } from '../../lifecycle/index.js';
import type { Resource } from '../../resources/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { type ButtonWish, buttons, lines, section } from '../text/blocks.js';
import { dateWords, escape, mention, plain } from '../text/mrkdwn.js';

export const CHOICE = { block: 'schedule', action: 'value' } as const;
export const AWAKE_UNTIL = { block: 'until', action: 'value' } as const;
/** No choice of an item is called so: names have no spaces. */
export const NONE = 'no schedule';

/** When it sleeps, and what may be pressed. */
export function scheduleBlocks({ resource, schedules, schedule }: ResourceLife, now: Date): KnownBlock[] {
  if (schedules === null) return [];
  const { id, title } = resource;
  const has = schedule !== null && schedule.choice !== null;
  const choose: ButtonWish = {
    action: ACTIONS.chooseSchedule,
    label: 'Schedule…',
    says: `Choose when ${title} sleeps`,
    value: id,
  };
  const awake: ButtonWish[] = has
    ? [
        ...(schedule.state === 'asleep'
          ? [{ action: ACTIONS.wakeNow, label: 'Wake now', says: `Wake ${title} now`, value: id }]
          : []),
        { action: ACTIONS.keepAwake, label: 'Keep awake until…', says: `Keep ${title} awake for a while`, value: id },
      ]
    : [];
  return [
    ...(has || schedule?.state === 'asleep' ? [section(scheduleWords(schedules, schedule, now))] : []),
    ...buttons(`schedule_${id}`, [choose, ...awake]),
  ];
}

function scheduleWords(offered: Schedules, schedule: ResourceSchedule, now: Date): string {
  const { state, choice, timeZone, setBy, awakeUntil, awakeBy, asleepUntil, asleepBy, failure } = schedule;
  const chosen = offered.choices.find(({ name }) => name === choice);
  const head = state === 'asleep' ? '😴 *Asleep*' : '☀️ *Awake*';
  const left = asleepUntil !== null && asleepUntil > now;
  const kept = awakeUntil !== null && awakeUntil > now;
  return lines([
    `${head}, by its schedule${chosen === undefined ? '' : ` “${escape(chosen.title, 100)}”: ${awakeWords(chosen)} (${escape(timeZone, 60)})`}, set by ${mention(setBy)}`,
    ...(kept ? [`Kept awake until ${dateWords(awakeUntil)}${awakeBy === null ? '' : `, by ${mention(awakeBy)}`}`] : []),
    ...(left
      ? [
          `Put to sleep by ${asleepBy === null ? 'hand' : mention(asleepBy)}; its schedule goes on ${dateWords(asleepUntil)}`,
        ]
      : []),
    ...(failure === null ? [] : [`❌ ${escape(failure, 500)} It is tried again in a quarter of an hour.`]),
  ]);
}

/** “awake mon, tue 08:00–18:00” */
function awakeWords({ awake }: ScheduleChoice): string {
  return `awake ${awake.map(({ days, from, to }) => `${days.join(', ')} ${from}–${to}`).join('; ')}`;
}

/** Which of its item's schedules it has. */
export function scheduleModal(
  { id, title }: Resource,
  offered: Schedules,
  { schedule, timeZone }: { schedule: ResourceSchedule | null; timeZone: string },
): ModalView {
  const options: PlainTextOption[] = [
    { text: plain('Always awake', 75), value: NONE },
    ...offered.choices.map((choice) => ({ text: plain(choice.title, 75), value: choice.name })),
  ];
  const initial = options.find(({ value }) => value === (schedule?.choice ?? NONE));
  const words = offered.choices.map(
    (choice) =>
      `*${escape(choice.title, 100)}*: ${awakeWords(choice)}, by the clock in ${escape(choice.timeZone ?? timeZone, 60)}`,
  );
  return {
    type: 'modal',
    callback_id: CALLBACKS.schedule,
    private_metadata: JSON.stringify({ resource: id }),
    title: plain('Schedule', 24),
    submit: plain('Set it', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `When does *${escape(title, 200)}* sleep? Nothing in it is lost; who needs it meanwhile wakes it on its card.`,
      ),
      section(lines(words)),
      {
        type: 'input',
        block_id: CHOICE.block,
        label: plain('Schedule', 100),
        element: {
          type: 'static_select',
          action_id: CHOICE.action,
          options,
          ...(initial !== undefined && { initial_option: initial }),
        },
      },
    ],
  };
}

/** Until when it does not sleep. */
export function keepAwakeModal({ id, title }: Resource, initialDate: string): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.keepAwake,
    private_metadata: JSON.stringify({ resource: id }),
    title: plain('Keep awake', 24),
    submit: plain('Keep awake', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `*${escape(title, 200)}* does not sleep until the end of this day, at most 14 days from now. Its lease stays as it is.`,
      ),
      {
        type: 'input',
        block_id: AWAKE_UNTIL.block,
        label: plain('Until the end of', 100),
        element: { type: 'datepicker', action_id: AWAKE_UNTIL.action, initial_date: initialDate },
      },
    ],
  };
}
