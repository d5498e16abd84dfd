import type { KnownBlock, ModalView } from '@slack/web-api';
import type { EnvironmentAnswer, ItemDetails, VersionStep } from '../../browsing/index.js';
import { type CatalogItem, isOffered } from '../../catalog/index.js';
import { moneyWords } from '../../quotas/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { standingBlocks } from '../request/successor.view.js';
import { type ButtonWish, buttons, context, divider, fields, fitting, lines, section } from '../text/blocks.js';
import { code, dateWords, escape, hoursWords, plain } from '../text/mrkdwn.js';

const MAX_MODAL_BLOCKS = 100;
const MAX_TITLE = 24;
const MAX_DIFF = 2_800;
const ICONS: Readonly<Record<EnvironmentAnswer['outcome'], string>> = {
  allow: '✅',
  'needs-approval': '🗳️',
  deny: '⛔',
};

export interface DetailsAbout {
  /** The owner's title. */
  readonly owner: string;
  readonly command: string;
  readonly today: Date;
}

/** All there is to know about an item before requesting it. */
export function itemDetailsModal(details: ItemDetails, about: DetailsAbout): ModalView {
  const { item, versions } = details;
  const blocks: KnownBlock[] = [
    section(`${wholeTitle(item)}${escape(item.summary, 2000)}`),
    ...standingBlocks(item, details.successor),
    ...buttons(`details_${item.name}`, buttonsOf(item, versions)),
    fields(factsOf(details, about)),
    divider,
    section(`*Who decides, for you*\n${lines(details.answers.map(answerLine))}`),
    context(`The rules on content may add to it: ${code(`${about.command} explain ${item.name}`)} shows every one.`),
    section(`*What is made*\n${lines(item.steps.map(({ title }, index) => `${index + 1}. ${escape(title, 200)}`))}`),
    ...readingBlocks(details),
    ...(versions.length === 0 ? [] : [section(`*Versions*\n${lines(versions.map(versionLine))}`)]),
  ];
  return {
    type: 'modal',
    callback_id: CALLBACKS.itemDetails,
    title: plain(item.title, MAX_TITLE),
    close: plain('Back', 24),
    blocks: fitting(blocks, MAX_MODAL_BLOCKS),
  };
}

/** Of a title that the modal's own has to cut off. */
function wholeTitle({ title }: CatalogItem): string {
  return title.length <= MAX_TITLE ? '' : `*${escape(title, 150)}*\n`;
}

/** What each of the newest versions changed, line by line. */
export function itemVersionsModal(item: Pick<CatalogItem, 'title'>, versions: readonly VersionStep[]): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.itemVersions,
    title: plain(item.title, 24),
    close: plain('Back', 24),
    blocks: fitting(versions.flatMap(versionBlocks), MAX_MODAL_BLOCKS),
  };
}

/** Lines of a difference as a block of code. */
export function differenceBlock(changes: readonly string[]): KnownBlock {
  const text = lines(
    changes.map((line) => escape(line.replaceAll('```', "'''"), 300)),
    'more lines',
    MAX_DIFF,
  );
  return section(`\`\`\`${text}\`\`\``);
}

function versionBlocks({ version, since, before, changes }: VersionStep): KnownBlock[] {
  const head = `*${escape(version, 40)}* · since ${dateWords(since)}`;
  if (before === null) return [section(`${head}\nThe first that is known.`)];
  if (changes.length === 0) return [section(`${head}\nNothing but comments changed.`)];
  return [section(`${head} · what changed after ${escape(before, 40)}`), differenceBlock(changes)];
}

function buttonsOf(item: CatalogItem, versions: readonly VersionStep[]): ButtonWish[] {
  const { name, title, docs } = item;
  const offered = isOffered(item);
  return [
    ...(offered
      ? [
          {
            action: ACTIONS.requestItem,
            label: 'Request',
            says: `Request ${title}`,
            value: name,
            style: 'primary' as const,
          },
        ]
      : []),
    ...(versions.length === 0
      ? []
      : [
          {
            action: ACTIONS.itemVersions,
            label: 'What changed',
            says: `What the versions of ${title} changed`,
            value: name,
          },
        ]),
    ...(docs === undefined
      ? []
      : [{ action: ACTIONS.openLink, label: 'Documentation', says: `Documentation of ${title}`, url: docs }]),
  ];
}

function factsOf({ item, cost, timings, requested }: ItemDetails, { owner, today }: DetailsAbout): [string, string][] {
  const { version, lifecycle, lease, reviewBy, tags } = item;
  return [
    ['Version', `${code(version)} · ${lifecycle}`],
    ['Owner', escape(owner, 100)],
    ['Cost', costWords(cost, item)],
    ['Time to ready', timeWords(timings)],
    ['Lease', `${hoursWords(lease.defaultHours)}, at most ${hoursWords(lease.maxHours)}`],
    ['Requested', requested === 0 ? 'never yet' : requested === 1 ? 'once' : `${requested.toLocaleString('en')} times`],
    ...(reviewBy === undefined ? [] : [['Review by', reviewWords(reviewBy, today)] as [string, string]]),
    ...(tags.length === 0 ? [] : [['Tags', tags.map((tag) => escape(tag, 40)).join(', ')] as [string, string]]),
  ];
}

function costWords(cost: ItemDetails['cost'], item: CatalogItem): string {
  if ((item.cost ?? []).length === 0) return 'none is charged';
  if (cost === null) return 'depends on what you enter; the plan says it';
  if (cost.missing.length > 0)
    return `unknown: there is no price for ${cost.missing.map((id) => escape(id, 60)).join(', ')}`;
  const once = cost.once > 0 ? `, ${moneyWords(cost.once, cost.currency)} at once` : '';
  return `${moneyWords(cost.monthly, cost.currency)} a month as it is usually requested${once}`;
}

function timeWords(timings: ItemDetails['timings']): string {
  if (timings === null) return 'not measured yet';
  const { median, slowest, approval, measured } = timings;
  const wait = approval === null ? '' : `; an approval takes ${secondsWords(approval)}`;
  if (measured === 1) return `${secondsWords(median)}${wait} (measured once)`;
  return `${secondsWords(median)}, nine of ten within ${secondsWords(slowest)}${wait} (measured on the latest ${measured})`;
}

function secondsWords(seconds: number): string {
  if (seconds < 1) return 'a second';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : hoursWords(seconds / 3600);
}

function reviewWords(reviewBy: string, today: Date): string {
  return reviewBy < today.toISOString().slice(0, 10) ? `⚠️ ${reviewBy}, which has passed` : reviewBy;
}

function answerLine({ environment, outcome, words }: EnvironmentAnswer): string {
  const said = outcome === 'allow' ? 'nobody has to agree' : escape(words, 400);
  return `${ICONS[outcome]} *${escape(environment, 60)}*: ${said}`;
}

function versionLine({ version, since, changes, before }: VersionStep): string {
  const [more, less] = ['+', '-'].map((sign) => changes.filter((line) => line.startsWith(sign)).length);
  return `${code(version)} · ${dateWords(since)}${before === null ? '' : ` · ${more} lines more, ${less} fewer`}`;
}

function readingBlocks({ item, runbooks }: ItemDetails): KnownBlock[] {
  const entries = [
    ...(item.docs === undefined ? [] : [`📖 <${escape(item.docs, 600)}|Documentation>`]),
    ...runbooks.map(({ title, url }) => `🛠️ ${url === null ? escape(title, 200) : `<${escape(url, 600)}>`}`),
  ];
  return entries.length === 0 ? [] : [section(`*Documentation and runbooks*\n${lines(entries)}`)];
}
