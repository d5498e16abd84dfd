import fc from 'fast-check';
import { AllowList, InvalidAllowList } from './allow-list.js';

const at = (text: string): URL => new URL(text);

describe('the list of servers', () => {
  it.each([
    ['api.example.org', 'https://api.example.org/x', true],
    ['api.example.org', 'https://API.example.org:443/', true],
    ['api.example.org', 'http://api.example.org/', false],
    ['api.example.org', 'https://api.example.org:8443/', false],
    ['api.example.org', 'https://api.example.org.evil.net/', false],
    ['api.example.org', 'https://xapi.example.org/', false],
    ['api.example.org', 'https://api.example.org./', false],
    ['api.example.org:8443', 'https://api.example.org:8443/', true],
    ['api.example.org:*', 'https://api.example.org:1/', true],
    ['*.example.org', 'https://a.b.example.org/', true],
    ['*.example.org', 'https://example.org/', false],
    ['*.example.org', 'https://evilexample.org/', false],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010/', true],
    ['http://127.0.0.1:4010', 'http://2130706433:4010/', true],
    ['http://[::1]:4010', 'http://[0:0:0:0:0:0:0:1]:4010/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', false],
  ])('%s for %s: %s', (entry, url, expected) => {
    expect(new AllowList([entry]).permits(at(url))).toBe(expected);
  });

  it.each(['', '*', '*.', '*.org', 'https://', 'a b', '10.0.0.0/99', 'x/y', 'ftp://a.org', 'a.org/path', 'u:p@a.org'])(
    'refuses the entry %j, naming it',
    (entry) => {
      expect(() => new AllowList([entry])).toThrow(InvalidAllowList);
      expect(() => new AllowList([entry])).toThrow(`“${entry}”`);
    },
  );
});

describe('addresses', () => {
  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '168.63.129.16',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '198.18.0.1',
    '::',
    '::1',
    'fe80::1',
    'fd00::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'not an address',
  ])('%s is reached only when listed', (address) => {
    expect(new AllowList(['api.example.org']).permitsAddress(address, 443)).toBe(false);
  });

  it.each(['93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34'])('%s is public', (address) => {
    expect(new AllowList([]).permitsAddress(address, 443)).toBe(true);
  });

  it('in a listed network are reached, but never one that hands out credentials', () => {
    const list = new AllowList(['169.254.0.0/16', '10.0.0.0/8', 'fd00::/8']);
    expect(list.permitsAddress('10.9.9.9', 443)).toBe(true);
    expect(list.permitsAddress('::ffff:10.9.9.9', 443)).toBe(true);
    expect(list.permitsAddress('169.254.1.1', 443)).toBe(true);
    expect(list.permitsAddress('169.254.169.254', 443)).toBe(false);
    expect(list.permitsAddress('fd00:ec2::254', 443)).toBe(false);
    expect(new AllowList(['http://169.254.169.254']).permitsAddress('169.254.169.254', 80)).toBe(true);
  });

  it('that are listed as a host are reached on its port alone', () => {
    const list = new AllowList(['http://127.0.0.1:4010']);
    expect([4010, 4011].map((port) => list.permitsAddress('127.0.0.1', port))).toEqual([true, false]);
  });

  it('of every private network are refused, in IPv4 and mapped into IPv6', () => {
    const list = new AllowList(['api.example.org']);
    const octet = fc.nat(255);
    const first = fc.constantFrom('10', '127', '192.168', '169.254', '172.16', '172.31');
    fc.assert(
      fc.property(first, octet, octet, octet, (start, a, b, c) => {
        const address = [...start.split('.'), a, b, c].slice(0, 4).join('.');
        expect(list.permitsAddress(address, 443)).toBe(false);
        expect(list.permitsAddress(`::ffff:${address}`, 443)).toBe(false);
      }),
    );
  });
});
