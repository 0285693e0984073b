import { WEBHOOK_URL_CHARS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { isLoopbackAddress, isPublicAddress, literalAddress } from '../net/public-address.ts';

/** Doors of databases, queues, caches and remote control: nobody takes webhooks there, but a stranger may try to reach them. */
const PORTS_REFUSED = new Set([
  1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4222, 5432, 5433, 5672, 5900, 5984, 6379, 6380, 6432,
  7000, 7001, 7474, 7687, 8500, 9042, 9092, 9200, 9300, 10250, 11211, 15672, 26257, 26379, 27017, 27018, 27019, 33060,
]);
const PRIVATE_NAME = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|arpa|onion|test|invalid)$/;

/**
 * Checks where a merchant wants to hear, and returns it as it will be called. The name is looked up only when a message
 * goes out, by net/vetted-send.ts, which refuses private addresses again. @throws Refusal invalid_request, param url.
 */
export function readEndpointUrl(text: string, { allowPrivate }: { allowPrivate: boolean }): string {
  if (text.length > WEBHOOK_URL_CHARS_MAX) throw refuse(`is longer than ${WEBHOOK_URL_CHARS_MAX} characters`);
  if (!isPlain(text) || !URL.canParse(text)) throw refuse('is not a web address');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowPrivate))
    throw refuse('must begin with https://');
  if (url.username !== '' || url.password !== '') throw refuse('must not hold a user name or password');
  if (text.includes('#')) throw refuse('must not have a fragment');
  if (!isPortAllowed(url.port)) throw refuse('has a port that webhooks are not sent to');
  if (!isHostAllowed(url.hostname, allowPrivate)) throw refuse('must be on the open internet');
  if (url.href.length > WEBHOOK_URL_CHARS_MAX) throw refuse(`is longer than ${WEBHOOK_URL_CHARS_MAX} characters`);
  return url.href;
}

/** The URL parser drops tabs and line ends and turns backslashes; such a text means something else to each reader. */
function isPlain(text: string): boolean {
  return Array.from(text).every((letter) => letter > ' ' && letter !== '\u007f' && letter !== '\\');
}

function isPortAllowed(port: string): boolean {
  if (port === '' || port === '443' || port === '80') return true;
  return Number(port) >= 1024 && !PORTS_REFUSED.has(Number(port));
}

function isHostAllowed(hostname: string, allowPrivate: boolean): boolean {
  const address = literalAddress(hostname);
  if (address !== null) return isPublicAddress(address) || (allowPrivate && isLoopbackAddress(address));
  const name = hostname.replace(/\.$/, '').toLowerCase();
  if (name === 'localhost') return allowPrivate;
  return name.includes('.') && !name.includes('..') && !PRIVATE_NAME.test(name);
}

function refuse(what: string): Refusal {
  return new Refusal('invalid_request', `The address ${what}.`, { param: 'url' });
}
