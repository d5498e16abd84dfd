import type { KnownBlock, ModalView } from '@slack/web-api';
import type { PlacedField } from '../../catalog/index.js';
import { obstacles, type UpgradePreview } from '../../lifecycle/index.js';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { differenceBlock } from '../catalog/item-details.view.js';
import { fieldBlocks } from '../request/form-fields.view.js';
import { changeLines, decisionLines } from '../request/plan-lines.js';
import { buttons, context, fitting, header, lines, section } from '../text/blocks.js';
import { code, escape, plain } from '../text/mrkdwn.js';
import { consumptionBlocks } from './consumption.view.js';
import { REASON } from './resource-modals.view.js';

const MAX_MODAL_BLOCKS = 100;

/** The questions a newer version asks and the resource’s parameters don’t answer, as far as a form can ask them. */
export function questionsOf({ form, missing }: UpgradePreview): PlacedField[] {
  const places = form.pages.flatMap(({ fields }) => fields);
  const wanted = new Set(missing.map(({ field }) => field));
  return places.filter(({ path, field }) => wanted.has(path) && field.kind !== 'secret' && field.kind !== 'fixed');
}

/** What a newer version would make of a resource, with what it costs and who decides; or what it asks first. */
export function upgradeModal(preview: UpgradePreview, answers: JsonObject): ModalView {
  const questions = questionsOf(preview);
  if (preview.missing.length > 0 && questions.length > 0) return questionsModal(preview, questions, answers);
  const isPossible = obstacles(preview).length === 0 && preview.decision.outcome !== 'deny';
  const carried: JsonObject = { resource: preview.resource.id, answers, digest: preview.plan.digest };
  const blocks: KnownBlock[] = [
    heading(preview),
    ...(preview.missing.length > 0 ? [missingBlock(preview)] : planBlocks(preview)),
    ...(isPossible ? [reasonBlock()] : insteadBlocks(preview)),
    ...differences(preview),
  ];
  return {
    type: 'modal',
    callback_id: CALLBACKS.upgrade,
    private_metadata: JSON.stringify(carried),
    title: plain('A newer version', 24),
    ...(isPossible && { submit: plain(preview.decision.outcome === 'allow' ? 'Upgrade' : 'Ask for it', 24) }),
    close: plain('Close', 24),
    blocks: fitting(blocks, MAX_MODAL_BLOCKS),
  };
}

function questionsModal(preview: UpgradePreview, questions: readonly PlacedField[], answers: JsonObject): ModalView {
  const around = { titles: new Map<string, string>(), problems: new Map<string, string>() };
  const blocks: KnownBlock[] = [
    heading(preview),
    missingBlock(preview),
    ...questions.flatMap((place) => fieldBlocks(place, around)),
    ...differences(preview),
  ];
  return {
    type: 'modal',
    callback_id: CALLBACKS.upgradeForm,
    private_metadata: JSON.stringify({ resource: preview.resource.id, answers }),
    title: plain('A newer version', 24),
    submit: plain('Show the plan', 24),
    close: plain('Close', 24),
    blocks: fitting(blocks, MAX_MODAL_BLOCKS),
  };
}

function heading({ resource, item }: UpgradePreview): KnownBlock {
  const { title, itemVersion } = resource;
  return section(
    `*${escape(title, 200)}* is of ${code(item.name)} ${escape(itemVersion, 40)}. The newest version is *${escape(item.version, 40)}*.`,
  );
}

function missingBlock({ missing }: UpgradePreview): KnownBlock {
  const all = missing.map(({ message }) => `• ${escape(message, 400)}`);
  return section(`*It asks for more than was given, or no longer takes what was*\n${lines(all)}`);
}

function planBlocks({ plan, consumption, decision }: UpgradePreview): KnownBlock[] {
  const verdict = {
    allow: '✅ It is done as soon as you send it, in place: what is in it stays. If a step fails, it is put back.',
    deny: '⛔ It is refused; nothing was changed.',
    'needs-approval': `⏳ It is done once approved: wanted is ${escape(decision.approval?.describe ?? 'an approval')}.`,
  };
  return [
    header('What will happen'),
    section(changeLines(plan.changes)),
    ...consumptionBlocks(consumption),
    header('Who decides'),
    section(decisionLines(decision)),
    context(verdict[decision.outcome]),
  ];
}

function insteadBlocks(preview: UpgradePreview): KnownBlock[] {
  const { item, resource } = preview;
  if (obstacles(preview).length === 0) return [];
  return [
    context(
      '⛔ It can’t be upgraded in place. It goes on as it is; or request it anew by the new version, move over, and destroy this one.',
    ),
    ...buttons(`upgrade_${resource.id}`, [
      {
        action: ACTIONS.requestItem,
        label: `Request ${item.version}`,
        says: `Request ${item.title} ${item.version}`,
        value: item.name,
      },
    ]),
  ];
}

function reasonBlock(): KnownBlock {
  return {
    type: 'input',
    block_id: REASON.block,
    optional: true,
    label: plain('Why?', 100),
    hint: plain('Whoever approves it reads this. Never write credentials here.', 200),
    element: { type: 'plain_text_input', action_id: REASON.action, multiline: true, max_length: 500 },
  };
}

function differences({ differences: found }: UpgradePreview): KnownBlock[] {
  return [
    section('*What the item changed*'),
    found === null ? context('The old version is not known any more.') : differenceBlock(found),
  ];
}
