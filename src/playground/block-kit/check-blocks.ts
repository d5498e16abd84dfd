import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Block } from '../workspace/records.js';
import { block, NOT_IN_VIEWS } from './blocks.js';
import { complaints } from './complaints.js';

export type Surface = 'message' | 'modal' | 'home';

const MAX_BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 };

export type Checked<T> = { ok: true; value: T } | { ok: false; messages: string[] };

/** Checks blocks as Slack would and fills in what Slack fills in: missing `block_id`s and `action_id`s. Never throws. */
export function checkBlocks(input: unknown, surface: Surface, root = '/blocks'): Checked<Block[]> {
  const parsed = z.array(block).max(MAX_BLOCKS[surface]).safeParse(input);
  if (!parsed.success) return { ok: false, messages: complaints(parsed.error, input, root) };
  const blocks = parsed.data as Block[];
  const messages = [
    ...misplaced(blocks, surface, root),
    ...repeatedIds(blocks, root),
    ...repeatedFocus(blocks, surface, root),
  ];
  return messages.length > 0 ? { ok: false, messages } : { ok: true, value: blocks.map(withIds) };
}

function misplaced(blocks: Block[], surface: Surface, root: string): string[] {
  if (surface === 'message') return tooMuchMarkdown(blocks, root);
  return blocks.flatMap((one, index) =>
    NOT_IN_VIEWS.has(one.type) ? [`[ERROR] unsupported type: ${one.type} [json-pointer:${root}/${index}/type]`] : [],
  );
}

function tooMuchMarkdown(blocks: Block[], root: string): string[] {
  const length = blocks.reduce((sum, one) => sum + (one.type === 'markdown' ? String(one.text).length : 0), 0);
  return length > 12_000
    ? [`[ERROR] markdown blocks must be less than 12001 characters together [json-pointer:${root}]`]
    : [];
}

function repeatedIds(blocks: Block[], root: string): string[] {
  const seen = new Set<unknown>();
  const messages: string[] = [];
  for (const [index, one] of blocks.entries()) {
    if (typeof one.block_id === 'string' && seen.has(one.block_id))
      messages.push(`[ERROR] \`block_id\` ${one.block_id} already exists [json-pointer:${root}/${index}/block_id]`);
    seen.add(one.block_id);
    const actionIds = elementsOf(one).flatMap((element) =>
      typeof element.action_id === 'string' ? [element.action_id] : [],
    );
    for (const [position, actionId] of actionIds.entries())
      if (actionIds.indexOf(actionId) !== position)
        messages.push(
          `[ERROR] \`action_id\` ${actionId} already exists [json-pointer:${root}/${index}/elements/${position}/action_id]`,
        );
  }
  return messages;
}

function repeatedFocus(blocks: Block[], surface: Surface, root: string): string[] {
  if (surface === 'message') return [];
  const focused = blocks.flatMap(elementsOf).filter((element) => element.focus_on_load === true);
  return focused.length > 1 ? [`[ERROR] only one element can set focus_on_load [json-pointer:${root}]`] : [];
}

type Element = Record<string, unknown> & { type: string };

/** The elements of a block with which a person can do something. */
export function elementsOf(one: Block): Element[] {
  const listed = one.type === 'actions' || one.type === 'context_actions' ? (one.elements as Element[]) : [];
  const single = [one.type === 'section' ? one.accessory : undefined, one.type === 'input' ? one.element : undefined];
  return [...listed, ...single.filter((element): element is Element => element !== undefined)].filter(
    (element) => element.type !== 'image',
  );
}

const shortId = (): string => randomBytes(4).toString('base64url').replace(/[-_]/gu, 'x').slice(0, 5);

/** Slack gives every block and every interactive element an id if the app gave none. */
function withIds(one: Block): Block {
  const filled: Block = { ...one, block_id: typeof one.block_id === 'string' ? one.block_id : shortId() };
  const identified = (element: unknown): unknown => {
    if (typeof element !== 'object' || element === null || !isInteractive(element)) return element;
    return 'action_id' in element && element.action_id !== undefined ? element : { ...element, action_id: shortId() };
  };
  if (one.type === 'actions' || one.type === 'context_actions')
    filled.elements = (one.elements as unknown[]).map(identified);
  if (one.type === 'section' && one.accessory !== undefined) filled.accessory = identified(one.accessory);
  if (one.type === 'input') filled.element = identified(one.element);
  return filled;
}

const isInteractive = (element: object): boolean => 'type' in element && element.type !== 'image';
