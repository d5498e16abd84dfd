import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Expressions } from '../../../catalog/index.js';
import { type Json, type JsonObject, publicMessageOf } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';
import { isSafePath } from './names.js';
import type { RenderedFile } from './new-commit.js';

const MOST_FILES = 500;
const MOST_BYTES_OF_A_FILE = 1_048_576;
const MOST_BYTES = 10_485_760;
const expressions = new Expressions();

interface TemplateFile {
  readonly path: string;
  readonly content: Buffer;
  readonly isExecutable: boolean;
}

/** Folders of files with `${{ values.… }}` in their names and texts. No other logic; what values say is never evaluated. */
export class Templates {
  constructor(private readonly folder: string | null) {}

  /**
   * The files of a template with these values. A name that comes out empty leaves its file out; what is under a path of `verbatim`,
   * and what is no text, is taken as it is. @throws ActionFailed naming the file, never a value
   */
  async render(name: string, values: JsonObject, verbatim: readonly string[]): Promise<RenderedFile[]> {
    const files = await this.files(name);
    const rendered = files.flatMap((file) => {
      const isAsItIs = verbatim.some((path) => file.path === path || file.path.startsWith(`${path}/`));
      const path = renderedPath(file.path, values, isAsItIs);
      if (path === null) return [];
      const content = isAsItIs || file.content.includes(0) ? file.content : Buffer.from(renderedText(file, values));
      return [{ path, content, isExecutable: file.isExecutable }];
    });
    return assertFits(rendered);
  }

  /** The files of a template without a look into them. @throws ActionFailed */
  async asTheyAre(name: string): Promise<RenderedFile[]> {
    return assertFits(await this.files(name));
  }

  private async files(name: string): Promise<TemplateFile[]> {
    const missing = new ActionFailed(`There is no template ${name} here. The platform team can add it.`, false);
    if (this.folder === null || !/^[a-z][a-z0-9-]{0,60}$/.test(name)) throw missing;
    const root = join(this.folder, name);
    const stat = await lstat(root).catch(() => null);
    if (stat?.isDirectory() !== true) throw missing;
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files: TemplateFile[] = [];
    for (const entry of entries) {
      if (entry.isDirectory()) continue;
      const whole = join(entry.parentPath, entry.name);
      const path = whole.slice(root.length + 1);
      if (!entry.isFile()) throw new ActionFailed(`${path} of the template ${name} is no plain file.`, false);
      const { size, mode } = await lstat(whole);
      if (size > MOST_BYTES_OF_A_FILE || files.length >= MOST_FILES)
        throw new ActionFailed(`The template ${name} is too large at ${path}.`, false);
      files.push({ path, content: await readFile(whole), isExecutable: (mode & 0o100) !== 0 });
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

/** Paths inside of the repository, each once, and not too much. @throws ActionFailed */
export function assertFits(files: readonly RenderedFile[]): RenderedFile[] {
  const seen = new Set<string>();
  let bytes = 0;
  for (const { path, content } of files) {
    const folded = path.toLowerCase();
    if (!isSafePath(path))
      throw new ActionFailed(
        'A file would get a name that leads out of the repository, or that Git keeps for itself.',
        false,
      );
    if (seen.has(folded)) throw new ActionFailed(`Two files would get the name ${path}.`, false);
    seen.add(folded);
    bytes += content.length;
  }
  if (bytes > MOST_BYTES || files.length > MOST_FILES)
    throw new ActionFailed('The files are too many or too large.', false);
  return [...files];
}

/** Each step of the path by itself: a value can't add another one. */
function renderedPath(path: string, values: JsonObject, isAsItIs: boolean): string | null {
  if (isAsItIs) return path;
  const segments = path.split('/').map((segment) => textOf(evaluated(segment, values, path)));
  if (segments.some((segment) => segment === '')) return null;
  if (segments.some((segment) => segment.includes('/') || segment.includes('\\')))
    throw new ActionFailed(`A value does not suit the file name ${path}.`, false);
  return segments.join('/');
}

function renderedText(file: TemplateFile, values: JsonObject): string {
  return textOf(evaluated(file.content.toString('utf8'), values, file.path));
}

function evaluated(text: string, values: JsonObject, path: string): Json {
  try {
    return expressions.evaluate(text, { values });
  } catch (cause) {
    throw new ActionFailed(`${path}: ${publicMessageOf(cause)}`, false, { cause });
  }
}

function textOf(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
