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
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [left = '', right = ''] = plain.replace(/%.*$/, '').split('::');
  const [before, after] = [groupsOf(left), groupsOf(right)];
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/** Each as it is shortest; a plain IPv4 address at the end is two groups, which never belong to the network's half. */
function groupsOf(text: string): string[] {
  if (text === '') return [];
  return text
    .split(':')
    .flatMap((group) => (group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)]));
}
