import type { KnownBlock, ModalView } from '@slack/web-api';
import { z } from 'zod';
import { type BulkProblem, MOST_LINES } from '../../bulk/index.js';
import type { CatalogItem } from '../../catalog/index.js';
import { CALLBACKS } from '../action-ids.js';
import { context, lines, section } from '../text/blocks.js';
import { escape, plain, withMentions } from '../text/mrkdwn.js';

export const BULK_FORM = { text: 'text', file: 'file', value: 'value' } as const;
/** As much as Slack takes in one box. */
const MAX_TEXT = 3000;

const inView = z.object({
  [BULK_FORM.text]: z.object({ [BULK_FORM.value]: z.object({ value: z.string().nullish() }) }),
  [BULK_FORM.file]: z.object({
    [BULK_FORM.value]: z.object({ files: z.array(z.object({ id: z.string(), name: z.string() })).nullish() }),
  }),
});

export interface BulkFormState {
  readonly channel: string | null;
  readonly text?: string;
  /** Of a file that was looked at. */
  readonly fileName?: string;
  readonly problems?: readonly BulkProblem[];
  readonly notice?: string;
}

/** What was entered; null for nothing. */
export function bulkEntered(view: { state: { values: unknown } }): {
  text: string;
  file: { id: string; name: string } | null;
} {
  const { text, file } = inView.parse(view.state.values);
  return { text: text.value.value ?? '', file: file.value.files?.[0] ?? null };
}

/** A box to paste into and a file, with what was wrong the last time. */
export function bulkForm({ channel, text, fileName, problems = [], notice }: BulkFormState): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.bulkForm,
    private_metadata: JSON.stringify({ channel }),
    title: plain('Many requests', 24),
    submit: plain('Check', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...(notice === undefined ? [] : [section(`⚠️ ${withMentions(escape(notice, 1500))}`)]),
      ...problemBlocks(problems, fileName),
      section(
        'One request a line, with a line of headings above; or YAML. Nothing is requested before you have seen it all.',
      ),
      {
        type: 'input',
        block_id: BULK_FORM.text,
        optional: true,
        label: plain('Paste it here', 100),
        element: {
          type: 'plain_text_input',
          action_id: BULK_FORM.value,
          multiline: true,
          max_length: MAX_TEXT,
          placeholder: plain('item,environment,name', 150),
          ...(text !== undefined && text !== '' && { initial_value: text.slice(0, MAX_TEXT) }),
        },
      },
      {
        type: 'input',
        block_id: BULK_FORM.file,
        optional: true,
        label: plain(
          problems.length > 0 && fileName !== undefined ? 'Or the file again, once it is mended' : 'Or a file',
          100,
        ),
        element: {
          type: 'file_input',
          action_id: BULK_FORM.value,
          filetypes: ['csv', 'tsv', 'txt', 'yaml', 'yml'],
          max_files: 1,
        },
      },
      context(
        `Columns: \`item\`, \`team\`, \`environment\`, \`lease\` (hours), \`reason\`, and each parameter by its name. What you leave out is as in the form. At most ${MOST_LINES} at once.`,
      ),
    ],
  };
}

function problemBlocks(problems: readonly BulkProblem[], fileName: string | undefined): KnownBlock[] {
  if (problems.length === 0) return [];
  const count = problems.length === 1 ? '1 thing' : `${problems.length} things`;
  const where = fileName === undefined ? '' : ` in ${escape(fileName, 100)}`;
  const all = problems.map(({ line, message }) => `• Line ${line}: ${withMentions(escape(message, 500))}`);
  return [section(`⚠️ *${count} to mend${where}. Nothing was requested.*`), section(lines(all, 'more', 2900))];
}

/** The headings for an item, and a line with its first example. */
export function headingsFor(
  { name, environments, parameters }: CatalogItem,
  fields: readonly { name: string }[],
): string {
  const names = fields.map((field) => field.name);
  const example = names.map((field) => {
    const { examples, default: preset } = parameters.properties[field] ?? {};
    const value = examples?.[0] ?? preset ?? '';
    return typeof value === 'object' ? '' : String(value);
  });
  const head = ['item', 'environment', ...names];
  const line = [name, environments[0] ?? '', ...example].map((cell) =>
    /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  return `${head.join(',')}\n${line.join(',')}\n`;
}

/** While the lines are looked at. */
export function checkingModal(): ModalView {
  return {
    type: 'modal',
    callback_id: 'working',
    title: plain('Many requests', 24),
    close: plain('Cancel', 24),
    blocks: [section('⏳ Looking at every line…')],
  };
}
