import { isIP } from 'node:net';

/** A server that listens for both families sees IPv4 inside IPv6; everybody else knows the plain form. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

const GROUPS = 8;
/** What a provider gives to one home or one phone, at least (RFC 6177; RFC 7934 for single hosts). */
const NETWORK_GROUPS = 4;

/**
 * Whose tries are counted together: an IPv4 address alone, of IPv6 the 64 bits of the network, for whoever has one has 2^64 addresses in it.
 * What is no address is answered as it is.
 */
export function networkOf(address: string): string {
  return isIP(plainAddress(address)) === 6
    ? prefixOf(address, { ipv4Bytes: 4, ipv6Groups: NETWORK_GROUPS })
    : plainAddress(address);
}

/** The first bytes of an IPv4 address, or groups (16 bits each) of an IPv6 one, as `9.8.7/24` or `2001:db8:1::/48`; what is no address as it is. */
export function prefixOf(address: string, parts: { ipv4Bytes: number; ipv6Groups: number }): string {
  const plain = plainAddress(address);
  const kind = isIP(plain);
  if (kind === 4) return `${plain.split('.').slice(0, parts.ipv4Bytes).join('.')}/${parts.ipv4Bytes * 8}`;
  if (kind === 0) return plain;
  const [left = '', right = ''] = plain.replace(/%.*$/, '').split('::');
  const [before, after] = [groupsOf(left), groupsOf(right)];
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, parts.ipv6Groups).join(':')}::/${parts.ipv6Groups * 16}`;
}

/** Each as it is shortest; a plain IPv4 address at the end is two groups, which never belong to the network's half. */
function groupsOf(text: string): string[] {
  if (text === '') return [];
  return text
    .split(':')
    .flatMap((group) => (group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)]));
}
