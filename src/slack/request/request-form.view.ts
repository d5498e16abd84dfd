import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import type { CatalogItem, Form } from '../../catalog/index.js';
import type { Team } from '../../policy/index.js';
import type { Draft } from '../../requests/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { type ButtonWish, buttons, context, header, section } from '../text/blocks.js';
import { escape, hoursWords, plain } from '../text/mrkdwn.js';
import { fieldBlocks } from './form-fields.view.js';
import { FORM, LAST_PAGE } from './form-places.js';
import { standingBlocks } from './successor.view.js';

/** A form as it stands: a draft, what its pages are now, and which of them is open. */
export interface FormState {
  readonly item: CatalogItem;
  /** What takes the place of an item that is on its way out. */
  readonly successor?: CatalogItem | null;
  readonly teams: readonly Team[];
  readonly environments: readonly string[];
  readonly draft: Draft;
  readonly form: Form;
  /** Ids of all pages, in order; the last may be that of the lease and the reason. */
  readonly pages: readonly string[];
  /** One of them. */
  readonly page: string;
  /** A sentence on top, when something needs another look. */
  readonly notice?: string;
  /** What is wrong with fields of this page, by path, if it is not said by way of Slack's own. */
  readonly problems?: ReadonlyMap<string, string>;
}

const MAX_OPTIONS = 100;

/** First question when none was asked for by name: what? */
export function pickItemModal(items: readonly CatalogItem[], originChannelId: string | null): ModalView {
  const options = items.slice(0, MAX_OPTIONS).map((item) => optionOf(item.name, item.title, item.summary));
  return {
    type: 'modal',
    callback_id: CALLBACKS.pickItem,
    private_metadata: JSON.stringify({ channel: originChannelId }),
    title: plain('Request something', 24),
    submit: plain('Next', 24),
    close: plain('Cancel', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'item',
        label: plain('What do you need?', 100),
        element: {
          type: 'static_select',
          action_id: FORM.value,
          placeholder: plain('Choose from the catalog', 100),
          options,
        },
      },
    ],
  };
}

/** One page of the form of an item, generated from its schema. */
export function requestForm(state: FormState): ModalView {
  const { item, draft, pages, page } = state;
  const isLast = page === pages.at(-1);
  return {
    type: 'modal',
    callback_id: CALLBACKS.requestForm,
    private_metadata: JSON.stringify({ draft: draft.id, step: draft.form?.step ?? 0, page }),
    title: plain(item.title, 24),
    submit: plain(isLast ? 'Show the plan' : 'Next', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...(state.notice === undefined ? [] : [section(noticeWords(state.notice))]),
      ...headingOf(state),
      ...(page === pages[0] ? introduction(state) : []),
      ...fieldsOf(state),
      ...(isLast
        ? [
            leaseBlock(item, draft.leaseHours),
            ...problemBlocks(state, 'lease'),
            reasonBlock(draft.reason),
            ...problemBlocks(state, 'reason'),
          ]
        : []),
      ...navigation(state),
    ],
  };
}

/** A warning, unless it begins with a sign of its own. */
function noticeWords(notice: string): string {
  const words = escape(notice, 1500);
  return /^\p{Extended_Pictographic}/u.test(notice) ? words : `⚠️ ${words}`;
}

function problemBlocks({ problems }: FormState, field: 'lease' | 'reason'): KnownBlock[] {
  const problem = problems?.get(field);
  return problem === undefined ? [] : [context(`⚠️ ${escape(problem, 1000)}`)];
}

/** What the page asks, leaving aside what stands in its inputs: the same as long as nothing appeared, went or became another. */
export function skeletonOf(view: ModalView): string {
  const isContent = (key: string): boolean => key.startsWith('initial_') || key === 'private_metadata';
  return JSON.stringify(view, (key, value: unknown) => (isContent(key) ? undefined : value));
}

function introduction(state: FormState): KnownBlock[] {
  const { item } = state;
  const { followsRequest } = state.form;
  const environments = state.environments.map((name) => optionOf(name, name));
  const environment = choiceBlock(FORM.environment, 'Environment', environments, state.draft.environment);
  return [
    section(escape(item.summary, 1500)),
    ...standingBlocks(item, state.successor ?? null),
    ...[...teamBlock(state), environment].map((block) =>
      followsRequest && block.type === 'input' ? { ...block, dispatch_action: true } : block,
    ),
  ];
}

/** Where one is, if there are several pages. */
function headingOf({ form, pages, page }: FormState): KnownBlock[] {
  if (pages.length === 1) return [];
  const at = form.pages.find(({ id }) => id === page);
  const title = page === LAST_PAGE ? 'For how long, and why' : at?.title;
  return [
    ...(title === undefined ? [] : [header(title)]),
    context(`Page ${pages.indexOf(page) + 1} of ${pages.length}`),
    ...(at?.description === undefined ? [] : [section(escape(at.description, 1500))]),
  ];
}

function fieldsOf(state: FormState): KnownBlock[] {
  const { form, page, draft, problems = new Map<string, string>() } = state;
  const titles = new Map(Object.entries(draft.form?.titles ?? {}));
  const fields = form.pages.find(({ id }) => id === page)?.fields ?? [];
  return fields.flatMap((field) => fieldBlocks(field, { titles, problems }));
}

function navigation({ form, pages, page, draft }: FormState): KnownBlock[] {
  const { entry } = form.pages.find(({ id }) => id === page) ?? {};
  const value = draft.id;
  const wishes: ButtonWish[] = [];
  if (page !== pages[0])
    wishes.push({
      action: ACTIONS.previousPage,
      label: '← Back',
      says: 'Back to the page before; what you typed is kept',
      value,
    });
  if (entry !== undefined && entry.count < entry.most)
    wishes.push({ action: ACTIONS.addEntry, label: 'Add another', says: `Add another: ${entry.label}`, value });
  if (entry !== undefined && entry.count > entry.least)
    wishes.push({
      action: ACTIONS.removeEntry,
      label: 'Remove this one',
      says: `Remove number ${entry.index + 1} of ${entry.label}`,
      value,
    });
  return buttons('form_pages', wishes);
}

function teamBlock({ teams, draft }: FormState): KnownBlock[] {
  const [first] = teams;
  if (first === undefined) return [];
  if (teams.length === 1) return [context(`For your team *${escape(first.title)}*`)];
  return [
    choiceBlock(
      FORM.team,
      'For which team?',
      teams.map((team) => optionOf(team.id, team.title)),
      draft.teamId,
    ),
  ];
}

function choiceBlock(
  blockId: string,
  label: string,
  options: PlainTextOption[],
  chosen: string | undefined,
): InputBlock {
  const initial = options.find((option) => option.value === chosen) ?? options[0];
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label, 200),
    element: {
      type: 'static_select',
      action_id: FORM.value,
      options: options.slice(0, MAX_OPTIONS),
      ...(initial !== undefined && { initial_option: initial }),
    },
  };
}

function leaseBlock({ lease }: CatalogItem, typed: number | undefined): InputBlock {
  return {
    type: 'input',
    block_id: FORM.lease,
    label: plain('For how many hours?', 100),
    hint: plain(
      `Then it is destroyed; you are warned before, and may extend. At most ${mostWords(lease.maxHours)}.`,
      300,
    ),
    element: {
      type: 'number_input',
      action_id: FORM.value,
      is_decimal_allowed: false,
      min_value: '1',
      max_value: String(lease.maxHours),
      initial_value: String(typed ?? lease.defaultHours),
    },
  };
}

function reasonBlock(typed: string | undefined): InputBlock {
  return {
    type: 'input',
    block_id: FORM.reason,
    optional: true,
    label: plain('Why?', 100),
    hint: plain('Whoever approves it reads this. Never write credentials here.', 200),
    element: {
      type: 'plain_text_input',
      action_id: FORM.value,
      multiline: true,
      max_length: 500,
      ...(typed !== undefined && typed !== '' && { initial_value: typed }),
    },
  };
}

function optionOf(value: string, title: string, description?: string): PlainTextOption {
  return { text: plain(title, 75), value, ...(description !== undefined && { description: plain(description, 75) }) };
}

/** The field is in hours: what is more in days too. */
function mostWords(hours: number): string {
  return hours < 48 ? hoursWords(hours) : `${hours.toLocaleString('en')} hours (${hoursWords(hours)})`;
}
