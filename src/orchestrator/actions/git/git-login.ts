import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SecretStore } from '../../../secrets/index.js';
import { ActionFailed } from '../../action.js';
import { secretReference, secretValue } from '../secret-reference.js';
import type { Remote } from './remotes.js';

/** How to log in: over HTTPS with user and password or token, over SSH with a key and the server's known keys. */
export const gitLogin = z.union([
  z.strictObject({
    ref: secretReference.shape.ref,
    usernameField: secretReference.shape.field.default('username'),
    passwordField: secretReference.shape.field.default('password'),
  }),
  z.strictObject({
    ref: secretReference.shape.ref,
    keyField: secretReference.shape.field,
    /** Lines of `ssh-keyscan`: the server has to have one of these keys. */
    knownHosts: z.string().min(1).max(20_000),
  }),
]);

export type GitLogin = z.output<typeof gitLogin>;

/** What a git program needs to know to get in, and what must not be seen of it. */
export interface Access {
  /** Of Git, told through the environment, where no list of processes shows it. */
  readonly config: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Nothing comes from the machine's own settings: no agent, no helper, no prompt, no proxy. */
export async function accessTo(
  remote: Remote,
  login: GitLogin | null,
  folder: string,
  secrets: SecretStore,
  ssh: string,
): Promise<Access> {
  if (remote.kind === 'ssh') return overSsh(remote, login, folder, secrets, ssh);
  if (remote.kind === 'file' || remote.server === null) return { config: {}, environment: {}, secrets: [] };
  const { host, port, addresses } = remote.server;
  // The address that was looked at is the one that is connected to.
  const config: Record<string, string> = {
    'http.curloptResolve': `${host}:${port}:${addresses.map(bracketed).join(',')}`,
    'http.followRedirects': 'false',
    'http.proxy': '',
    'http.lowSpeedLimit': '100',
    'http.lowSpeedTime': '30',
  };
  if (login === null) return { config, environment: {}, secrets: [] };
  if (!('passwordField' in login)) throw new ActionFailed('An SSH key does not open an https remote.', false);
  const username = await secretValue(secrets, { ref: login.ref, field: login.usernameField });
  const password = await secretValue(secrets, { ref: login.ref, field: login.passwordField });
  const both = Buffer.from(`${username}:${password}`).toString('base64');
  config[`http.${new URL(remote.url).origin}/.extraHeader`] = `Authorization: Basic ${both}`;
  return { config, environment: {}, secrets: [password, both] };
}

async function overSsh(
  { server }: Remote,
  login: GitLogin | null,
  folder: string,
  secrets: SecretStore,
  ssh: string,
): Promise<Access> {
  if (login === null || !('keyField' in login))
    throw new ActionFailed('An ssh remote wants a login with a key and known hosts.', false);
  const key = await secretValue(secrets, { ref: login.ref, field: login.keyField });
  const path = (name: string): string => join(folder, name);
  await writeFile(path('key'), `${key.trimEnd()}\n`, { mode: 0o600 });
  await writeFile(path('known_hosts'), login.knownHosts, { mode: 0o600 });
  await writeFile(path('ssh_config'), sshConfig(server?.host ?? '', server?.addresses[0] ?? '', path), { mode: 0o600 });
  // Git reads this as shell text: there is nothing in it but two paths of ours.
  const command = [ssh, '-F', path('ssh_config')].map((word) => `'${word.replaceAll("'", '')}'`).join(' ');
  return { config: {}, environment: { GIT_SSH_COMMAND: command, GIT_SSH_VARIANT: 'ssh' }, secrets: [key] };
}

function sshConfig(host: string, address: string, path: (name: string) => string): string {
  const settings = {
    HostName: address,
    HostKeyAlias: host,
    IdentityFile: `"${path('key')}"`,
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    UserKnownHostsFile: `"${path('known_hosts')}"`,
    GlobalKnownHostsFile: 'none',
    StrictHostKeyChecking: 'yes',
    BatchMode: 'yes',
    PasswordAuthentication: 'no',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    ProxyCommand: 'none',
    ConnectTimeout: '10',
    ServerAliveInterval: '10',
    ServerAliveCountMax: '3',
  };
  return `Host *\n${Object.entries(settings)
    .map(([name, value]) => `  ${name} ${value}\n`)
    .join('')}`;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
