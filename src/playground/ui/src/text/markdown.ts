import { type Inline, parseInline } from './mrkdwn';

export type MarkdownBlock =
  | { kind: 'heading'; level: number; parts: Inline[] }
  | { kind: 'paragraph'; lines: Inline[][] }
  | { kind: 'list'; ordered: boolean; items: { parts: Inline[]; done?: boolean }[] }
  | { kind: 'quote'; lines: Inline[][] }
  | { kind: 'code'; text: string }
  | { kind: 'table'; rows: Inline[][][] }
  | { kind: 'rule' };

const FENCE = /^```[^\n]*\n([\s\S]*?)\n?```$/;
const LIST = /^ *(?:([-*+])|(\d+)[.)]) +(?:\[([ xX])\] +)?(.*)$/;

/** The common part of Markdown, for Slack's `markdown` block: headings, lists, tasks, tables, quotes, code, emphasis, links. */
export function parseMarkdown(text: string): MarkdownBlock[] {
  return text.split(/(^```[^\n]*\n[\s\S]*?\n?```$)/m).flatMap((part) => {
    const fenced = FENCE.exec(part);
    if (fenced !== null) return [{ kind: 'code' as const, text: fenced[1] ?? '' }];
    return part
      .split(/\n{2,}|(?<=^#{1,6} [^\n]*)\n|\n(?=#{1,6} )/m)
      .filter((paragraph) => paragraph.trim() !== '')
      .map((paragraph) => blockOf(paragraph.replace(/^\n+|\n+$/g, '').split('\n')));
  });
}

function blockOf(lines: string[]): MarkdownBlock {
  const [first = ''] = lines;
  const heading = /^(#{1,6}) +(.*)$/.exec(first);
  if (heading !== null) return { kind: 'heading', level: heading[1]?.length ?? 1, parts: inline(heading[2] ?? '') };
  if (/^ *(-{3,}|\*{3,}|_{3,}) *$/.test(first)) return { kind: 'rule' };
  if (lines.length > 1 && first.includes('|') && /^[\s|:-]+$/.test(lines[1] ?? 'x'))
    return { kind: 'table', rows: [first, ...lines.slice(2)].map(cells) };
  if (lines.every((line) => line.startsWith('>')))
    return { kind: 'quote', lines: lines.map((line) => inline(line.replace(/^> ?/, ''))) };
  const items = lines.map((line) => LIST.exec(line));
  if (items.every((item) => item !== null))
    return {
      kind: 'list',
      ordered: items[0]?.[2] !== undefined,
      items: items.map((item) => ({
        parts: inline(item[4] ?? ''),
        ...(item[3] !== undefined && { done: item[3] !== ' ' }),
      })),
    };
  return { kind: 'paragraph', lines: lines.map(inline) };
}

function cells(row: string): Inline[][] {
  return row
    .replace(/^\s*\||\|\s*$/g, '')
    .split('|')
    .map((cell) => inline(cell.trim()));
}

/** Markdown's marks, in terms of mrkdwn's; what is code keeps its stars. */
function inline(text: string): Inline[] {
  return text.split(/(`[^`]+`)/).flatMap((piece) => parseInline(piece.startsWith('`') ? piece : toMrkdwn(piece)));
}

function toMrkdwn(text: string): string {
  return text
    .replaceAll(/\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g, '<$2|$1>')
    .replaceAll(/(?<!\*)\*(?![\s*])([^*\n]+?)(?<![\s*])\*(?!\*)/g, '_$1_')
    .replaceAll(
      /\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*|__(?=\S)([^_\n]+?)(?<=\S)__/g,
      (_all, a?: string, b?: string) => `*${a ?? b ?? ''}*`,
    )
    .replaceAll(/~~([^~\n]+)~~/g, '~$1~');
}
