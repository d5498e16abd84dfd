import { basename } from 'node:path';
import { z } from 'zod';

/** With one of these on the list there would be no list. */
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'fish', 'busybox', 'env', 'xargs', 'sudo', 'su']);

export const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
export const port = z.coerce.number().int().min(0).max(65_535);
export const text = z.string().trim().min(1);
export const httpUrl = z.url({ protocol: /^https?$/ });
export const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
export const listed = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);
/** `name=/absolute/path`, separated by commas. */
export const programs = listed.transform((entries, context) => {
  const pairs = entries.map((entry) => /^([a-z][a-z0-9-]{0,40})=(\/.+)$/.exec(entry));
  if (pairs.includes(null) || pairs.some((pair) => SHELLS.has(basename(pair?.[2] ?? '')))) {
    const message = 'must look like render=/usr/local/bin/render,… with absolute paths, and no shell among them';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
});
export const program = text.regex(/^\//, 'must be an absolute path');
/** `name=context`, separated by commas. */
export const clusters = listed.transform((entries, context) => {
  const pairs = entries.map((entry) => /^([a-z][a-z0-9-]{0,40})=(\S+)$/.exec(entry));
  if (pairs.includes(null)) {
    context.addIssue({ code: 'custom', message: 'must look like staging=a-context-of-the-kubeconfig,here=in-cluster' });
    return z.NEVER;
  }
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
});
/** Names of installed packages, or paths. */
export const packages = listed.refine(
  (entries) => entries.every((entry) => /^(@[a-z0-9._-]+\/)?[a-z0-9][a-z0-9._-]*$|^\.{0,2}\//.test(entry)),
  'must look like @acme/quartermaster-actions,./actions/tickets',
);
/** Addresses and folders that are what they say: nothing encoded, no way up, no password. */
export const repositories = listed.refine(
  (entries) =>
    entries.every(
      (entry) =>
        /^((?:https?:\/\/|ssh:\/\/(?:[\w.-]+@)?)[^\s@?#%\\]+|\/[^\s%\\]+)$/.test(entry) && !/\/\.\.?(\/|$)/.test(entry),
    ),
  'must look like https://git.example.org/acme,ssh://git@git.example.org,/srv/git',
);
export const repository = repositories
  .refine((entries) => entries.length === 1, 'must be one repository')
  .transform(([only = '']) => only);
export const base64Key = z
  .string()
  .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes, base64');
