import ipaddr from 'ipaddr.js';
import { AppError } from '../../shared/index.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export class InvalidAllowList extends AppError {
  readonly code = 'http.invalid_allow_list';
}

interface HostRule {
  readonly scheme: 'http:' | 'https:';
  /** As a URL gives it; `*.example.org` begins with a dot here. */
  readonly host: string;
  /** Null: any. */
  readonly port: number | null;
}

const HOST = /^(?:(https?):\/\/)?(\*\.)?(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::(\d{1,5}|\*))?\/?$/i;
/** Where clouds hand out credentials to whoever asks from inside. A network that holds one does not list it: only its very address does. */
const METADATA = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
]);

/**
 * Which servers may be talked to. An entry is a host (`api.example.org`, `*.example.org:8443`, `http://127.0.0.1:4010`; https and its usual
 * port unless it says otherwise) or a network (`10.20.0.0/16`), which lets listed hosts have private addresses in it.
 */
export class AllowList {
  private readonly hosts: readonly HostRule[];
  private readonly networks: readonly [Address, number][];

  /** @throws InvalidAllowList naming the entry */
  constructor(entries: readonly string[]) {
    const networks = entries.filter((entry) => !entry.includes('://') && entry.includes('/'));
    this.networks = networks.map(networkOf);
    this.hosts = entries.filter((entry) => !networks.includes(entry)).map(hostOf);
  }

  permits(url: URL): boolean {
    const port = portOf(url);
    return this.hosts.some(
      (rule) =>
        rule.scheme === url.protocol &&
        (rule.port === null || rule.port === port) &&
        (rule.host === url.hostname || (rule.host.startsWith('.') && url.hostname.endsWith(rule.host))),
    );
  }

  /** Whether a connection may be made there: public addresses, and the private ones that are listed. */
  permitsAddress(text: string, port: number): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    const listed = this.hosts.some(
      ({ host, port: wanted }) => (wanted === null || wanted === port) && isSameAddress(host, address),
    );
    if (listed) return true;
    if (METADATA.has(address.toString())) return false;
    return address.range() === 'unicast' || this.networks.some((network) => isWithin(address, network));
  }
}

/** The one that is used when the URL names none, too. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'http:' ? 80 : 443;
}

function hostOf(entry: string): HostRule {
  const [, scheme = 'https', wildcard, host = '', port] = HOST.exec(entry) ?? [];
  const url = host === '' ? null : URL.parse(`${scheme}://${host}`);
  if (url === null || (wildcard !== undefined && !host.includes('.'))) throw invalid(entry);
  return {
    scheme: scheme.toLowerCase() === 'http' ? 'http:' : 'https:',
    host: wildcard === undefined ? url.hostname : `.${url.hostname}`,
    port: port === '*' ? null : Number(port ?? portOf(url)),
  };
}

function networkOf(entry: string): [Address, number] {
  try {
    return ipaddr.parseCIDR(entry);
  } catch {
    throw invalid(entry);
  }
}

function isWithin(address: Address, [network, bits]: [Address, number]): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

function isSameAddress(host: string, address: Address): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) && ipaddr.process(bare).toString() === address.toString();
}

function invalid(entry: string): InvalidAllowList {
  return new InvalidAllowList(
    `“${entry}” is neither a host nor a network. Write it like api.example.org, *.example.org:8443, http://127.0.0.1:4010 or 10.20.0.0/16.`,
  );
}
