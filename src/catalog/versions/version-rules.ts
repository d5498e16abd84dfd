import { compare, gt, inc } from 'semver';
import { type DocumentProblem, YamlDocument } from '../../platform/documents/index.js';

/** The highest version of a name that was ever offered. */
export interface NewestVersion {
  readonly version: string;
  readonly digest: string;
  /** Whether the very document in question has been stored before. */
  readonly known: boolean;
}

/** A version whose number says something else than that it is the newest. */
export interface Refusal {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  /** `changed`: another document has that number already; `lower`: a higher one has been offered. */
  readonly why: 'changed' | 'lower';
  readonly newest: { readonly version: string; readonly digest: string };
}

/** Whether the first is the higher number. */
export function isNewer(version: string, than: string): boolean {
  return gt(version, than);
}

/** Null when it may be offered. */
export function refusalOf(
  { name, version, digest }: { readonly name: string; readonly version: string; readonly digest: string },
  newest: NewestVersion,
): Refusal | null {
  if (digest === newest.digest) return null;
  const order = compare(version, newest.version);
  if (order > 0 || (order === 0 && newest.known)) return null;
  const { version: highest, digest: its } = newest;
  return { name, version, digest, why: order === 0 ? 'changed' : 'lower', newest: { version: highest, digest: its } };
}

/** At the line of the version, with the number to write instead. */
export function refusalProblem(
  { why, version, newest }: Refusal,
  file: string,
  source: string | undefined,
): DocumentProblem {
  const message =
    why === 'changed'
      ? `something else was offered as ${version} before; what has changed needs a number of its own`
      : `${version} is lower than ${newest.version}, which was offered before`;
  const remedy = `write “version: ${inc(newest.version, 'patch') ?? newest.version}”, or more`;
  const read = source === undefined ? null : YamlDocument.read(source, file);
  if (read?.ok === true) return read.document.problem(['version'], message, remedy);
  return { file, line: 1, column: 1, message, remedy, severity: 'error' };
}
