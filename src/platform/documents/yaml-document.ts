import { type Document, isMap, isScalar, LineCounter, type ParsedNode, parseDocument, visit } from 'yaml';
import { type Json, messageOf } from '../../shared/index.js';
import type { DocumentProblem } from './document-problem.js';

export type DocumentPath = readonly (string | number)[];

/** Generous for a file people write by hand; small enough that a hostile one costs nothing. */
const MAX_BYTES = 256 * 1024;
const MAX_ALIASES = 50;
const MAX_DEPTH = 40;
const POISONED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

export type ReadResult =
  | { readonly ok: true; readonly document: YamlDocument }
  | { readonly ok: false; readonly problems: DocumentProblem[] };

/** A YAML file that was read safely, and knows the line of everything in it. */
export class YamlDocument {
  private constructor(
    readonly file: string,
    readonly source: string,
    readonly value: Json,
    private readonly tree: Document.Parsed,
    private readonly lines: LineCounter,
    private readonly prefix: DocumentPath = [],
  ) {}

  /** The same document, where paths begin at this one. */
  within(path: DocumentPath): YamlDocument {
    return new YamlDocument(this.file, this.source, this.value, this.tree, this.lines, [...this.prefix, ...path]);
  }

  /** Never throws: whatever is wrong with the text comes back as problems. */
  static read(source: string, file: string): ReadResult {
    const refuse = (message: string, remedy: string): ReadResult => ({
      ok: false,
      problems: [{ file, line: 1, column: 1, message, remedy, severity: 'error' }],
    });
    if (Buffer.byteLength(source) > MAX_BYTES)
      return refuse(`the file is larger than ${MAX_BYTES / 1024} KiB`, 'split it into several files');
    try {
      return YamlDocument.parse(source, file);
    } catch (error) {
      if (error instanceof RangeError) return refuse('the file is nested too deeply', 'write it flatter');
      if (error instanceof ReferenceError)
        return refuse('the file expands too many aliases', 'write the values out instead of using *aliases');
      return refuse(`the file cannot be read as YAML (${messageOf(error)})`, 'check its syntax');
    }
  }

  private static parse(source: string, file: string): ReadResult {
    const lines = new LineCounter();
    const tree = parseDocument(source, {
      lineCounter: lines,
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: true,
      strict: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    const problems = [...syntaxProblems(tree, file, lines), ...guardProblems(tree, file, lines)];
    if (problems.length > 0) return { ok: false, problems };
    const value = tree.toJS({ maxAliasCount: MAX_ALIASES }) as Json;
    return { ok: true, document: new YamlDocument(file, source, value, tree, lines) };
  }

  /** A problem at a value, or at the nearest thing around it that the file has. */
  problem(
    path: DocumentPath,
    message: string,
    remedy: string,
    severity: DocumentProblem['severity'] = 'error',
  ): DocumentProblem {
    return { file: this.file, ...this.position(this.offsetOf(path)), message, remedy, severity };
  }

  /** A problem at a key of the map at `path`, for keys that should not be there. */
  problemAtKey(path: DocumentPath, key: string, message: string, remedy: string): DocumentProblem {
    const map = this.nodeAt(path);
    const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    const start = isScalar(pair?.key) ? pair.key.range[0] : undefined;
    const offset = start ?? this.offsetOf(path);
    return { file: this.file, ...this.position(offset), message, remedy, severity: 'error' };
  }

  /** A problem inside a text value: at `text` in it, `skip` characters further on. */
  problemInText(path: DocumentPath, text: string, skip: number, message: string, remedy: string): DocumentProblem {
    const start = this.offsetOf(path);
    const end = this.nodeAt(path)?.range[1] ?? start;
    const found = this.source.slice(start, end).indexOf(text);
    const offset = found === -1 ? start : start + found + skip;
    return { file: this.file, ...this.position(offset), message, remedy, severity: 'error' };
  }

  private nodeAt(path: DocumentPath): ParsedNode | null {
    const whole = [...this.prefix, ...path];
    if (whole.length === 0) return this.tree.contents;
    const node: unknown = this.tree.getIn(whole, true);
    return typeof node === 'object' && node !== null && 'range' in node ? (node as ParsedNode) : null;
  }

  private offsetOf(path: DocumentPath): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const start = this.nodeAt(path.slice(0, length))?.range[0];
      if (start !== undefined) return start;
    }
    return 0;
  }

  private position(offset: number): { line: number; column: number } {
    return positionOf(this.lines, offset);
  }
}

function positionOf(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function syntaxProblems(tree: Document.Parsed, file: string, lines: LineCounter): DocumentProblem[] {
  const remedies: Partial<Record<string, string>> = {
    DUPLICATE_KEY: 'write each key once',
    TAG_RESOLVE_FAILED: 'write a plain value without a !tag',
    MULTIPLE_DOCS: 'write one document a file, without further ---',
    BAD_ALIAS: 'write the value out, or define the &anchor above it',
    TAB_AS_INDENT: 'indent with spaces',
    BAD_INDENT: 'indent with two spaces a level',
  };
  return [...tree.errors, ...tree.warnings].map((issue) => ({
    file,
    ...positionOf(lines, issue.pos[0]),
    message: issue.message.split('\n', 1)[0] ?? issue.message,
    remedy: remedies[issue.code] ?? 'check the YAML syntax here',
    severity: 'error',
  }));
}

/** Keys that would reach a prototype, keys that are no text, merge keys, and depth. */
function guardProblems(tree: Document.Parsed, file: string, lines: LineCounter): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  const add = (offset: number, message: string, remedy: string): void => {
    problems.push({ file, ...positionOf(lines, offset), message, remedy, severity: 'error' });
  };
  visit(tree, {
    Node: (_key, node, path) => {
      if (path.length <= MAX_DEPTH) return undefined;
      add(node.range?.[0] ?? 0, `nested deeper than ${MAX_DEPTH} levels`, 'write it flatter');
      return visit.BREAK;
    },
    Alias: (_key, alias, path) => {
      const target = alias.resolve(tree);
      const offset = alias.range?.[0] ?? 0;
      if (target === undefined) add(offset, `nothing above is called &${alias.source}`, 'write the value out');
      else if (path.some((node) => node === target))
        add(offset, `*${alias.source} holds itself`, 'write the value out');
    },
    Pair: (_index, pair) => {
      const key = pair.key;
      const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
      if (!isScalar(key) || typeof key.value !== 'string') add(offset, 'a key is not text', 'write the key in quotes');
      else if (POISONED_KEYS.has(key.value))
        add(offset, `the key “${key.value}” is not allowed`, 'choose another name');
      else if (key.value === '<<') add(offset, 'merge keys are not supported', 'write the keys out');
      return undefined;
    },
  });
  return problems;
}
