import { z } from 'zod';

const NOT_IN_A_BRANCH = /^[-/.]|\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)|[/.]$/;

/** A branch, by Git's own rules and stricter: nothing that could be read as an option or another kind of reference. */
export const branchName = z
  .string()
  .max(200)
  .regex(/^[\w./-]+$/, 'letters, digits and - _ . /')
  .refine((name) => !NOT_IN_A_BRANCH.test(name) && name !== 'HEAD', 'is not a branch name');

const SEGMENT = /^[\w@+=,.()-][\w@+=,.() -]{0,200}$/;

/** Whether a path stays inside of the repository and out of what Git keeps for itself, on every file system. */
export function isSafePath(path: string): boolean {
  if (path.length > 1_000) return false;
  return path.split('/').every((segment) => SEGMENT.test(segment) && !isReserved(segment));
}

export const repositoryPath = z.string().refine(isSafePath, 'must be a path inside of the repository');

function isReserved(segment: string): boolean {
  const plain = segment.toLowerCase().replace(/[. ]+$/, '');
  return plain === '' || plain === '.git' || plain.startsWith('git~') || segment.startsWith('-');
}
