import { z } from 'zod';
import type { SlackCanvas, SlackCanvases, SlackCanvasWords } from '../../orchestrator/index.js';
import type { Redactor } from '../../secrets/index.js';
import type { WorkspaceFacts } from '../web/workspace.js';
import type { StepCalls } from './step-calls.js';

/** How Slack names a canvas among files. */
const CANVAS = 'application/vnd.slack-docs';
const PAGE = 200;
const MAX_PAGES = 20;
const GONE = ['canvas_not_found', 'canvas_deleted', 'file_not_found', 'file_deleted'];

const file = z.object({
  id: z.string(),
  title: z.string().default(''),
  mimetype: z.string().default(''),
  permalink: z.string().default(''),
});
const oneFile = z.object({ file });
const files = z.object({ files: z.array(file), paging: z.object({ pages: z.number() }).optional() });
const made = z.object({ canvas_id: z.string() });
const sections = z.object({ sections: z.array(z.unknown()).default([]) });
const withCanvas = z.object({
  channel: z.object({
    properties: z
      .object({ canvas: z.object({ file_id: z.string().nullish(), is_empty: z.boolean().default(false) }).optional() })
      .optional(),
  }),
});
const done = z.unknown();

/** Canvases, for steps. */
export class StepCanvases implements SlackCanvases {
  constructor(
    private readonly calls: StepCalls,
    private readonly redactor: Pick<Redactor, 'text'>,
    private readonly facts: () => Promise<WorkspaceFacts>,
  ) {}

  async find(id: string): Promise<SlackCanvas | null> {
    const found = await this.calls.unless(GONE, () => this.calls.call('files.info', { file: id }, oneFile));
    return found === null ? null : shown(found.file);
  }

  async ofChannel(channel: string): Promise<SlackCanvas | null> {
    const ask = () => this.calls.call('conversations.info', { channel }, withCanvas);
    const canvas = (await this.calls.unless(['channel_not_found'], ask))?.channel.properties?.canvas;
    const id = canvas?.is_empty === true ? null : (canvas?.file_id ?? null);
    return id === null ? null : this.find(id);
  }

  async findMarked(mark: string, since: Date): Promise<SlackCanvas | null> {
    const { botUserId: user } = await this.facts();
    const wish = { user, ts_from: String(Math.floor(since.getTime() / 1000)), count: PAGE };
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const answer = await this.calls.call('files.list', { ...wish, page }, files);
      for (const one of answer.files)
        if (one.mimetype === CANVAS && (await this.isMarked(one.id, mark))) return shown(one);
      if (page >= (answer.paging?.pages ?? 1)) break;
    }
    return null;
  }

  async isMarked(id: string, mark: string): Promise<boolean> {
    const criteria = { contains_text: mark };
    const look = () => this.calls.call('canvases.sections.lookup', { canvas_id: id, criteria }, sections);
    return ((await this.calls.unless(GONE, look))?.sections.length ?? 0) > 0;
  }

  async make(channel: string | null, words: SlackCanvasWords): Promise<SlackCanvas> {
    const content = { title: this.redactor.text(words.title), document_content: this.document(words) };
    const make = () =>
      channel === null
        ? this.calls.call('canvases.create', content, made)
        : this.calls.call('conversations.canvases.create', { channel_id: channel, ...content }, made);
    const { canvas_id: id } = channel === null ? await make() : await this.calls.inside(channel, make);
    return this.seen(id, words);
  }

  async rewrite(id: string, words: SlackCanvasWords): Promise<SlackCanvas> {
    // Slack takes one change a call.
    const change = (one: Record<string, unknown>) =>
      this.calls.call('canvases.edit', { canvas_id: id, changes: [one] }, done);
    await change({ operation: 'replace', document_content: this.document(words) });
    if ((await this.find(id))?.title !== words.title)
      await change({
        operation: 'rename',
        title_content: { type: 'markdown', markdown: this.redactor.text(words.title) },
      });
    return this.seen(id, words);
  }

  async share(id: string, channelIds: readonly string[], access: 'read' | 'write'): Promise<void> {
    const wish = { canvas_id: id, access_level: access, channel_ids: channelIds };
    await this.calls.call('canvases.access.set', wish, done);
  }

  async remove(id: string): Promise<void> {
    await this.calls.unless(GONE, () => this.calls.call('canvases.delete', { canvas_id: id }, done));
  }

  private document({ markdown, mark }: SlackCanvasWords): Record<string, string> {
    return { type: 'markdown', markdown: `${this.redactor.text(markdown)}\n\n---\n\nMade by Quartermaster (${mark})` };
  }

  private async seen(id: string, { title }: SlackCanvasWords): Promise<SlackCanvas> {
    return (await this.find(id)) ?? { id, title, url: '' };
  }
}

function shown({ id, title, permalink }: z.output<typeof file>): SlackCanvas {
  return { id, title, url: permalink };
}
