import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkOf, plainAddress, prefixOf } from './network-of.ts';

describe('whose tries are counted together', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['not an address', 'not an address'],
    ['', ''],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test.each([
    ['203.0.113.7', '203.0.113/24'],
    ['::FFFF:203.0.113.7', '203.0.113/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:0DB8:0001::1', '2001:db8:1::/48'],
    ['::', '0:0:0::/48'],
    ['not an address', 'not an address'],
  ])('%s has its neighbours in %s', (address, prefix) => {
    expect(prefixOf(address, { ipv4Bytes: 3, ipv6Groups: 3 })).toBe(prefix);
  });

  test('one network is one, however its addresses are written and whatever their last half', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((each) => each.toString(16).padStart(4, '0')).join(':');
        const short = new URL(`http://[${long}]/`).hostname.slice(1, -1); // RFC 5952
        const first = groups.slice(0, 4).map((each) => each.toString(16));
        expect(networkOf(long)).toBe(`${first.join(':')}::/64`);
        expect(networkOf(short)).toBe(networkOf(long));
      }),
    );
  });
});

test('IPv4 inside IPv6 is told plainly', () => {
  expect(plainAddress('::ffff:127.0.0.1')).toBe('127.0.0.1');
  expect(plainAddress('::1')).toBe('::1');
});
