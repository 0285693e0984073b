import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { LINK_HOST_CHARS_MAX } from '../../base/link-limits.ts';

export type HostReading =
  | {
      kind: 'host';
      /** Canonical, as `URL.host` writes it: lower case, ASCII, the port only where it is not 80 or 443. */
      host: string;
      /** True for an IP address in place of a name. */
      isAddress: boolean;
    }
  | { kind: 'fault'; fault: HostFault };

/**
 * `odd_address`: an IP address in another spelling than the usual one (0x7f.1, 2130706433, 017700000001). `invisible`: letters that nobody
 * sees, or that turn the order of others around. `broken_punycode`: an xn-- label that stands for nothing, or not for what it should.
 */
export type HostFault =
  | 'empty'
  | 'too_long'
  | 'has_scheme'
  | 'has_userinfo'
  | 'has_path'
  | 'invisible'
  | 'trailing_dot'
  | 'odd_address'
  | 'broken_punycode'
  | 'not_a_host';

const HOST_AND_PORT = /^(\[[^[\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME_CHARS_MAX = 253;

/**
 * The host that somebody typed, in its one canonical form (UTS 46), or why it is none. Nothing is guessed: what is written in a way that
 * people and machines read differently is a fault.
 */
export function readHost(text: string): HostReading {
  const typed = text.trim().normalize('NFKC').toLowerCase();
  const early = faultOfText(typed);
  if (early !== null) return fault(early);
  const [, name = '', portText] = HOST_AND_PORT.exec(typed) ?? [];
  if (name === '' || (portText !== undefined && !isPort(portText))) return fault('not_a_host');
  const isAddress = name.startsWith('[');
  const ascii = isAddress ? canonicalV6(name) : domainToASCII(name);
  if (ascii === '') return fault(name.includes('xn--') ? 'broken_punycode' : 'not_a_host');
  if (isAddress || isIP(ascii) === 4) {
    if (ascii !== name) return fault('odd_address');
    return host(ascii, portText, true);
  }
  const wrong = faultOfName(ascii);
  return wrong === null ? host(ascii, portText, false) : fault(wrong);
}

/** Whether every xn-- label stands for exactly what another reader would make of it. */
export function isSoundPunycode(asciiName: string): boolean {
  if (!asciiName.includes('xn--')) return true;
  const unicode = domainToUnicode(asciiName);
  const labels = unicode.split('.');
  return (
    unicode !== '' &&
    domainToASCII(unicode) === asciiName &&
    asciiName.split('.').every((label, index) => !label.startsWith('xn--') || /[^\0-\x7f]/.test(labels[index] ?? ''))
  );
}

function faultOfText(typed: string): HostFault | null {
  if (typed === '') return 'empty';
  if (typed.length > LINK_HOST_CHARS_MAX) return 'too_long';
  if (/[\p{C}\p{Z}\s]|\p{Default_Ignorable_Code_Point}/u.test(typed)) return 'invisible';
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(typed)) return 'has_scheme';
  if (typed.includes('@')) return 'has_userinfo';
  if (/[/\\?#]/.test(typed)) return 'has_path';
  return typed.includes('%') ? 'not_a_host' : null; // what would be decoded is not what is read
}

function faultOfName(ascii: string): HostFault | null {
  if (ascii.endsWith('.')) return 'trailing_dot';
  if (ascii.length > NAME_CHARS_MAX || !URL.canParse(`http://${ascii}/`)) return 'not_a_host';
  if (!ascii.split('.').every((label) => LABEL.test(label))) return 'not_a_host';
  return isSoundPunycode(ascii) ? null : 'broken_punycode';
}

function canonicalV6(bracketed: string): string {
  const address = bracketed.slice(1, -1);
  if (isIP(address) !== 6) return '';
  return new URL(`http://${bracketed}/`).hostname;
}

function isPort(text: string): boolean {
  const port = Number(text);
  return port >= 1 && port <= 65_535 && String(port) === text;
}

function host(ascii: string, portText: string | undefined, isAddress: boolean): HostReading {
  const isUsual = portText === undefined || portText === '80' || portText === '443';
  return { kind: 'host', host: isUsual ? ascii : `${ascii}:${portText}`, isAddress };
}

function fault(what: HostFault): HostReading {
  return { kind: 'fault', fault: what };
}
