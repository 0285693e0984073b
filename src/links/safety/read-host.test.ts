import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HostFault, isSoundPunycode, readHost } from './read-host.ts';

const HOSTS: [typed: string, host: string][] = [
  ['shop.example', 'shop.example'],
  ['Shop.Example', 'shop.example'],
  ['  shop.example  ', 'shop.example'],
  ['SHOP.EXAMPLE:443', 'shop.example'],
  ['shop.example:80', 'shop.example'],
  ['shop.example:8443', 'shop.example:8443'],
  ['ｓｈｏｐ．ｅｘａｍｐｌｅ', 'shop.example'],
  ['shop。example', 'shop.example'],
  ['shop.example：8443', 'shop.example:8443'],
  ['商城.中国', 'xn--czru2d.xn--fiqs8s'],
  ['xn--czru2d.xn--fiqs8s', 'xn--czru2d.xn--fiqs8s'],
  ['XN--CZRU2D.xn--fiqs8s', 'xn--czru2d.xn--fiqs8s'],
  ['faß.de', 'xn--fa-hia.de'],
  ['münchen.de', 'xn--mnchen-3ya.de'],
  ['mu\u0308nchen.de', 'xn--mnchen-3ya.de'],
  ['𝓼hop.example', 'shop.example'],
  ['a-b.example', 'a-b.example'],
  ['localhost:4700', 'localhost:4700'],
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.1:4700', '127.0.0.1:4700'],
  ['[::1]', '[::1]'],
  ['[::1]:8080', '[::1]:8080'],
  ['[2606:4700::1111]', '[2606:4700::1111]'],
];

const FAULTS: [typed: string, fault: HostFault][] = [
  ['', 'empty'],
  ['   ', 'empty'],
  ['a'.repeat(301), 'too_long'],
  ['https://shop.example', 'has_scheme'],
  ['HTTP://shop.example/', 'has_scheme'],
  ['user@shop.example', 'has_userinfo'],
  ['shop.example@evil.example', 'has_userinfo'],
  ['shop.example＠evil.example', 'has_userinfo'],
  ['shop.example/path', 'has_path'],
  ['shop.example／path', 'has_path'],
  ['shop.example\\path', 'has_path'],
  ['shop.example?x', 'has_path'],
  ['shop.example#x', 'has_path'],
  ['shop℀.example', 'has_path'],
  ['shop\u00ad.example', 'invisible'],
  ['sh\u200bop.example', 'invisible'],
  ['sh\u200cop.example', 'invisible'],
  ['sh\u200dop.example', 'invisible'],
  ['sh\u2060op.example', 'invisible'],
  ['sh\ufeffop.example', 'invisible'],
  ['\u202eelpmaxe.pohs', 'invisible'],
  ['shop\u2066.example\u2069', 'invisible'],
  ['shop\u061c.example', 'invisible'],
  ['sh op.example', 'invisible'],
  ['sh\top.example', 'invisible'],
  ['shop.exa\nmple', 'invisible'],
  ['shop\0.example', 'invisible'],
  ['shop\u3164.example', 'invisible'],
  ['shop.example.', 'trailing_dot'],
  ['shop.example。', 'trailing_dot'],
  ['.', 'trailing_dot'],
  ['..', 'trailing_dot'],
  ['.shop.example', 'not_a_host'],
  ['shop..example', 'not_a_host'],
  ['-shop.example', 'not_a_host'],
  ['shop-.example', 'not_a_host'],
  ['sh_op.example', 'not_a_host'],
  ['*.example', 'not_a_host'],
  ['shop.example:', 'not_a_host'],
  ['shop.example:0', 'not_a_host'],
  ['shop.example:65536', 'not_a_host'],
  ['shop.example:080', 'not_a_host'],
  ['shop.example:80:80', 'not_a_host'],
  [`${'a'.repeat(64)}.example`, 'not_a_host'],
  [`${'a.'.repeat(127)}example`, 'not_a_host'],
  ['%73hop.example', 'not_a_host'],
  ['1.2.3.256', 'not_a_host'],
  ['shop.1', 'not_a_host'],
  ['[::1', 'not_a_host'],
  ['::1', 'not_a_host'],
  ['[fe80::1%eth0]', 'not_a_host'],
  ['[fe80::1%25eth0]', 'not_a_host'],
  ['[127.0.0.1]', 'not_a_host'],
  ['[v1.x]', 'not_a_host'],
  ['xn--a.example', 'broken_punycode'],
  ['xn--.example', 'broken_punycode'],
  ['xn--shop-.example', 'not_a_host'],
  ['xn--zz--zz.example', 'broken_punycode'],
  ['0x7f.1', 'odd_address'],
  ['0x7f000001', 'odd_address'],
  ['2130706433', 'odd_address'],
  ['017700000001', 'odd_address'],
  ['0177.0.0.1', 'odd_address'],
  ['127.1', 'odd_address'],
  ['0', 'odd_address'],
  ['127.0.0.1.', 'odd_address'],
  ['[0:0:0:0:0:0:0:1]', 'odd_address'],
  ['[::ffff:127.0.0.1]', 'odd_address'],
  ['[2606:4700:0::1111]', 'odd_address'],
];

describe('a host that somebody types', () => {
  test.each(HOSTS)('%j is %s', (typed, host) => expect(readHost(typed)).toMatchObject({ kind: 'host', host }));
  test.each(FAULTS)('%j is %s', (typed, fault) => expect(readHost(typed)).toEqual({ kind: 'fault', fault }));

  test('full-width digits of an address are the address, and told as one', () => {
    expect(readHost('１２７.０.０.１')).toEqual({ kind: 'host', host: '127.0.0.1', isAddress: true });
    expect(readHost('①②⑦.0.0.1')).toEqual({ kind: 'host', host: '127.0.0.1', isAddress: true });
  });

  test('whatever is read is read the same a second time, and is what a URL makes of it', () => {
    const letters = fc.string({ unit: fc.constantFrom(...Array.from('abcXY019-._:[]商é。ａ\u0301ß٣')) });
    fc.assert(
      fc.property(letters, (typed) => {
        const first = readHost(typed);
        if (first.kind === 'fault') return;
        expect(readHost(first.host)).toEqual(first);
        expect(new URL(`https://${first.host}/`).host).toBe(first.host);
      }),
      { numRuns: 2_000 },
    );
  });

  test('nothing that is typed makes it throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (typed) => void readHost(typed)));
  });
});

test('an xn-- label that stands for plain letters is unsound', () => {
  expect(isSoundPunycode('xn--czru2d.com')).toBe(true);
  expect(isSoundPunycode('xn--shop-.com')).toBe(false);
});
