import { BlockList, isIP } from 'node:net';

/*
 * What the open internet can reach, after the IANA special-purpose address registries (RFC 6890 and its updates):
 * all of IPv4 but these, and of IPv6 only global unicast 2000::/3 but these; and what clouds put among public addresses for themselves. Mapped, translated and tunnelled forms of
 * IPv4 are refused as such, because they lead to an address that was not looked at.
 */
const SPECIAL_V4: readonly [string, number][] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's own services, as seen from inside its machines
  ['169.254.0.0', 16], // link-local; cloud metadata lives here
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

const SPECIAL_V6: readonly [string, number][] = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarking
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
];

const specialV4 = blockListOf(SPECIAL_V4, 'ipv4');
const specialV6 = blockListOf(SPECIAL_V6, 'ipv6');
const globalUnicastV6 = blockListOf([['2000::', 3]], 'ipv6');
const loopbackV4 = blockListOf([['127.0.0.0', 8]], 'ipv4');
const loopbackV6 = blockListOf([['::1', 128]], 'ipv6');

/** True for an address that belongs to the open internet. Anything that is not a plain address is not public. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !specialV4.check(address, 'ipv4');
  if (isIP(address) !== 6 || address.includes('%')) return false; // a zone index names one of our own interfaces
  return globalUnicastV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
}

/** True for this machine itself: 127.0.0.0/8 and ::1, and nothing that is only mapped to it. */
export function isLoopbackAddress(address: string): boolean {
  if (isIP(address) === 4) return loopbackV4.check(address, 'ipv4');
  return isIP(address) === 6 && !/[.%]|ffff/i.test(address) && loopbackV6.check(address, 'ipv6');
}

/** The host of a URL as an address without brackets, or null when it is a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? null : bare;
}

function blockListOf(ranges: readonly [string, number][], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix, family);
  return list;
}
