import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import {
  AllowList,
  HttpRefused,
  permittedAddresses,
  portOf,
  type Resolve,
  resolveByDns,
} from '../../../platform/http-client/index.js';
import { messageOf } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';

const NOT_LITERAL = /[\s\\?#]|\/\.{1,2}(?:\/|$)|%|[^\x21-\x7e]/;

/** `https://host/path.git`, `ssh://git@host/path.git`, or the absolute path of a bare repository on this machine. */
export const remoteUrl = z
  .string()
  .max(1_000)
  .refine(
    (text) => !NOT_LITERAL.test(text) && kindOf(text) !== null,
    'https://…, ssh://user@… or an absolute path, without a password',
  );

export interface Remote {
  readonly kind: 'http' | 'ssh' | 'file';
  readonly url: string;
  /** Where to connect; the name was looked up and looked at. Null for a folder. */
  readonly server: { readonly host: string; readonly port: number; readonly addresses: readonly string[] } | null;
}

export interface RemotesOptions {
  /** Each stands for itself and everything below it: `https://git.example.org/payments`, `ssh://git@git.example.org`, `/srv/git`. */
  readonly allowed: readonly string[];
  /** Networks in which a listed server may have its address. */
  readonly networks: readonly string[];
  readonly resolve?: Resolve;
}

/** The repositories that steps may read and write. */
export class Remotes {
  private readonly addresses: AllowList;

  constructor(private readonly options: RemotesOptions) {
    const servers = options.allowed.filter((prefix) => !prefix.startsWith('/')).map(listedServer);
    this.addresses = new AllowList([...servers, ...options.networks.filter((entry) => /^[^/]+\/\d+$/.test(entry))]);
  }

  /** @throws ActionFailed with what to do */
  async checked(text: string): Promise<Remote> {
    const kind = kindOf(text);
    if (kind === null || !remoteUrl.safeParse(text).success)
      throw new ActionFailed('This is not a Git remote that can be used here. Nothing was sent.', false);
    if (kind === 'file') return { kind, url: await this.folder(text), server: null };
    const url = new URL(text);
    if (!this.options.allowed.some((prefix) => startsWith(url, prefix)))
      throw refused(`${url.host}${url.pathname} is not on the list`);
    const port = url.protocol === 'ssh:' ? Number(url.port === '' ? 22 : url.port) : portOf(url);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    return { kind, url: url.href, server: { host, port, addresses: await this.look(host, port) } };
  }

  private async look(host: string, port: number): Promise<readonly string[]> {
    try {
      return await permittedAddresses(host, port, this.addresses, this.options.resolve ?? resolveByDns);
    } catch (error) {
      if (error instanceof HttpRefused) throw new ActionFailed(error.publicMessage, false, { cause: error });
      throw new ActionFailed(`The name ${host} can't be looked up just now.`, true, {
        cause: new Error(messageOf(error)),
      });
    }
  }

  /** Links are followed before the comparison, so that none leads out of a listed folder. */
  private async folder(text: string): Promise<string> {
    const path = await realpath(text).catch((cause: unknown) => {
      throw new ActionFailed(`There is no repository at ${text}.`, false, { cause });
    });
    for (const prefix of this.options.allowed.filter((entry) => entry.startsWith('/'))) {
      const folder = await realpath(prefix).catch(() => null);
      if (folder !== null && (path === folder || path.startsWith(`${folder}/`))) return path;
    }
    throw refused(`${text} is not on the list`);
  }
}

function kindOf(text: string): Remote['kind'] | null {
  if (text.startsWith('/')) return /^\/[^/]/.test(text) ? 'file' : null;
  const url = URL.parse(text);
  if (url?.password !== '' || url.hostname === '' || url.pathname.length < 2) return null;
  if (url.protocol === 'ssh:')
    return /^[\w.-]*$/.test(url.username) && /^[\w[:.][\w\]:.-]*$/.test(url.hostname) ? 'ssh' : null;
  return /^https?:$/.test(url.protocol) && url.username === '' ? 'http' : null;
}

function startsWith(url: URL, prefix: string): boolean {
  const listed = URL.parse(prefix);
  if (listed === null) return false;
  const isSame = (['protocol', 'username', 'host'] as const).every((part) => url[part] === listed[part]);
  const folder = listed.pathname.replace(/\/*$/, '');
  return isSame && (url.pathname === folder || url.pathname.startsWith(`${folder}/`));
}

/** For {@link AllowList}: a listed literal address may be connected to. */
function listedServer(prefix: string): string {
  const url = URL.parse(prefix);
  if (url === null)
    throw new Error(`“${prefix}” is no Git remote: write https://host/path, ssh://git@host/path or /a/folder.`);
  if (url.protocol !== 'ssh:') return url.origin;
  return `${url.hostname}:${url.port === '' ? '22' : url.port}`;
}

function refused(what: string): ActionFailed {
  return new ActionFailed(
    `${what} of Git remotes this installation may use. Nothing was sent; the platform team can add it.`,
    false,
  );
}
