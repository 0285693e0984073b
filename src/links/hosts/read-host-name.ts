import { judgeHost, type HostWarning, registrationFaultOf } from '../safety/host-words.ts';
import { type HostFault, readHost } from '../safety/read-host.ts';

/** A host as `URL.host` writes it, or why it is none that a merchant can own. */
export type HostName = { host: string } | { reason: string };

/** Names that are somebody else's in every network, or nobody's. RFC 6761, 6762, 7686, 8375, 9476; `internal` is reserved by ICANN. */
const NOBODYS = new Set(['localhost', 'local', 'internal', 'onion', 'arpa', 'alt', 'invalid']);

/**
 * Reads what somebody typed as a host of theirs: `shop.example`, `商店.example`, `shop.example:8443`. Names of this machine are taken where the
 * sandbox runs and nowhere else; other addresses, endings under which everybody registers, and names that deceive are never one merchant's.
 */
export function readHostName(text: string, { isSandbox }: { isSandbox: boolean }): HostName {
  const reading = readHost(text);
  if (reading.kind === 'fault') return { reason: FAULTS[reading.fault] };
  const { host } = reading;
  if (isLocalHost(host)) return isSandbox ? { host } : { reason: 'this machine can be named in the sandbox alone' };
  if (reading.isAddress) return { reason: 'an address without a name is nobody’s' };
  const judged = judgeHost(host);
  const warning = registrationFaultOf(judged);
  if (warning !== null) return { reason: WARNINGS[warning] ?? 'its letters are not what they seem' };
  const ending = new URL(`https://${host}`).hostname.split('.').at(-1) ?? '';
  if (judged.registrable === null || NOBODYS.has(ending))
    return { reason: 'a host has a name that is registered to its owner' };
  return { host };
}

/** Whether it names this machine and nothing else. */
export function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}

const FAULTS: Record<HostFault, string> = {
  empty: 'no host is named',
  too_long: 'the host is too long',
  has_scheme: 'a host is written without https://',
  has_userinfo: 'a host is written without @',
  has_path: 'a host is written without a path',
  invisible: 'it holds letters that nobody sees',
  trailing_dot: 'a host is written without a dot at its end',
  odd_address: 'the address is written in an odd way',
  broken_punycode: 'an xn-- part of it stands for nothing',
  not_a_host: 'a host is a name such as shop.example',
};

const WARNINGS: Partial<Record<HostWarning, string>> = {
  broken_punycode: FAULTS.broken_punycode,
  mixed_scripts: 'one part of it is written in several scripts',
  imitates: 'its letters only look like a to z',
  odd_sign: 'it holds a sign that is taken for another',
  look_alike: 'it is taken for the host of a known brand',
};
