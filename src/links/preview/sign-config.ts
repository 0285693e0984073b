import { createHash } from 'node:crypto';
import { assert } from '../../base/assert.ts';

/**
 * WeChat JS-SDK, appendix 1: SHA-1 in hex over the four values, names in lower case and in the order of ASCII, each value as it is and not
 * escaped; the address without `#` and what follows. `url` is signed letter for letter as the browser reports it, whatever the order of its query.
 */
export function signConfig(ticket: string, url: string, nonce: string, timestamp: number): string {
  assert(!url.includes('#'), 'the address is signed without its fragment');
  assert(!/[&=]/.test(ticket + nonce) && Number.isInteger(timestamp), 'no value can pass for two');
  return createHash('sha1')
    .update(`jsapi_ticket=${ticket}&noncestr=${nonce}&timestamp=${timestamp}&url=${url}`, 'utf8')
    .digest('hex');
}
