import { describe, expect, test } from 'vitest';
import { childText, readXml, toXml } from './xml.ts';

const HEADER = '<?xml version="1.0" encoding="UTF-8"?>';

describe('a document that JD sends', () => {
  test.each([
    ['with its header', `${HEADER}<jdpay><a>1</a></jdpay>`],
    ['with the other header', '<?xml version="1.0" encoding="UTF-8" ?><jdpay><a>1</a></jdpay>'],
    ['without one', '<jdpay><a>1</a></jdpay>'],
    ['on several lines', `${HEADER}\n<jdpay>\n  <a>1</a>\r\n</jdpay>\n`],
  ])('is read %s', (_, text) => {
    const root = readXml(text);
    expect(root === null ? null : childText(root, 'a')).toBe('1');
  });

  test('has empty elements, lists and the five signs that XML spells out', () => {
    const root = readXml(
      '<jdpay><note></note><b/><c>a &amp; b &lt;&gt;&quot;&apos;</c><payList><pay><x>1</x></pay><pay><x>2</x></pay></payList></jdpay>',
    );
    if (root === null) throw new Error('not read');
    expect([childText(root, 'note'), childText(root, 'b'), childText(root, 'c')]).toEqual(['', '', `a & b <>"'`]);
    const pays = root.children.find((child) => child.name === 'payList')?.children ?? [];
    expect(pays.map((pay) => childText(pay, 'x'))).toEqual(['1', '2']);
    expect([childText(root, 'payList'), childText(root, 'none')]).toEqual([null, null]);
  });

  const deep = `<jdpay>${'<a>'.repeat(9)}1${'</a>'.repeat(9)}</jdpay>`;
  const many = `<jdpay><xList>${'<a>1</a>'.repeat(2001)}</xList></jdpay>`;
  test.each([
    ['a document type', `<!DOCTYPE jdpay><jdpay><a>1</a></jdpay>`],
    ['a document type behind the header', `${HEADER}<!DOCTYPE jdpay [<!ENTITY x "y">]><jdpay><a>&x;</a></jdpay>`],
    ['an external entity', `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><jdpay><a>&x;</a></jdpay>`],
    ['entities that multiply', `<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><jdpay><a>&b;</a></jdpay>`],
    ['an entity that nobody declared', '<jdpay><a>&x;</a></jdpay>'],
    ['an entity without its end', '<jdpay><a>a & b</a></jdpay>'],
    ['a character by its number', '<jdpay><a>&#49;</a></jdpay>'],
    ['CDATA', '<jdpay><a><![CDATA[1]]></a></jdpay>'],
    ['much CDATA', `<jdpay><a>${'<![CDATA[x]]>'.repeat(1000)}</a></jdpay>`],
    ['a comment', '<jdpay><!-- x --><a>1</a></jdpay>'],
    ['a processing instruction', '<jdpay><?php x ?><a>1</a></jdpay>'],
    ['another encoding', '<?xml version="1.0" encoding="GBK"?><jdpay><a>1</a></jdpay>'],
    ['two headers', `${HEADER}${HEADER}<jdpay><a>1</a></jdpay>`],
    ['an attribute', '<jdpay a="1"><a>1</a></jdpay>'],
    ['a name with a colon', '<jdpay><x:a>1</x:a></jdpay>'],
    ['a name that comes twice', '<jdpay><a>1</a><a>2</a></jdpay>'],
    ['a name that comes twice, empty the second time', '<jdpay><a>1</a><a/></jdpay>'],
    ['text beside elements', '<jdpay>x<a>1</a></jdpay>'],
    ['elements that cross', '<jdpay><a><b>1</a></b></jdpay>'],
    ['an element without its end', '<jdpay><a>1</jdpay>'],
    ['an end too many', '<jdpay><a>1</a></jdpay></jdpay>'],
    ['two roots', '<jdpay><a>1</a></jdpay><jdpay><a>2</a></jdpay>'],
    ['text behind the root', '<jdpay><a>1</a></jdpay>x'],
    ['another root', '<xml><a>1</a></xml>'],
    ['a name that means something in JavaScript', '<jdpay><constructor>1</constructor></jdpay>'],
    ['a bare sign', '<jdpay><a>1 < 2</a></jdpay>'],
    ['a control character', '<jdpay><a>\u0000</a></jdpay>'],
    ['half a character', '<jdpay><a>\uD800</a></jdpay>'],
    ['more depth than any message has', deep],
    ['more elements than any message has', many],
    ['a name without an end', `<jdpay><${'a'.repeat(1000)}>1</${'a'.repeat(1000)}></jdpay>`],
    ['nothing', ''],
    ['HTML', '<!doctype html><title>系统维护中</title>'],
  ])('is refused with %s', (_, text) => {
    expect(readXml(text)).toBeNull();
  });
});

test('what we send leaves out what is empty and spells out the signs of the notation', () => {
  const text = toXml({ version: 'V2.0', note: '', url: 'https://shop.example/?a=1&b=<2>' });
  expect(text).toBe(
    `${HEADER}<jdpay><version>V2.0</version><url>https://shop.example/?a=1&amp;b=&lt;2&gt;</url></jdpay>`,
  );
  const root = readXml(text);
  expect(root && childText(root, 'url')).toBe('https://shop.example/?a=1&b=<2>');
});
