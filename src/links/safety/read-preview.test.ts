import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PREVIEW_DESCRIPTION_CHARS_MAX, PREVIEW_TITLE_CHARS_MAX } from '../../base/link-limits.ts';
import { previewOf } from './open-previews.ts';
import { readPreview } from './read-preview.ts';

const URL_OF_PAGE = 'https://shop.example/item/42?x=1';

function read(head: string, more: { type?: string; body?: string; url?: string } = {}) {
  const { type = 'text/html; charset=utf-8', body = '<p>…</p>', url = URL_OF_PAGE } = more;
  const text = `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;
  return readPreview({ url, type, body: Buffer.from(text) });
}

function og(name: string, content: string): string {
  return `<meta property="${name}" content="${content}">`;
}

function product(more: object): string {
  return `<script type="application/ld+json">${JSON.stringify({ '@context': 'https://schema.org', '@type': 'Product', ...more })}</script>`;
}

describe('the title of a page', () => {
  test.each([
    [
      'og before twitter, data and title',
      og('og:title', 'A') + og('twitter:title', 'B') + product({ name: 'C' }) + '<title>D</title>',
      'A',
    ],
    ['twitter before data and title', og('twitter:title', 'B') + product({ name: 'C' }) + '<title>D</title>', 'B'],
    ['data before title', product({ name: 'C' }) + '<title>D</title>', 'C'],
    ['its own title', '<title>D</title>', 'D'],
    ['the first of two', '<title>D</title><title>E</title>', 'D'],
    ['the first meta of two', og('og:title', 'A') + og('og:title', 'B'), 'A'],
    ['an empty meta says nothing', og('og:title', '') + '<title>D</title>', 'D'],
    ['by name instead of property', '<meta name="og:title" content="A">', 'A'],
    ['in any case', '<META PROPERTY="OG:Title" CONTENT="A">', 'A'],
    ['without quotes', '<meta property=og:title content=A>', 'A'],
    ['in single quotes', "<meta content='A' property='og:title'/>", 'A'],
    ['entities are letters', '<title>A &amp; B &#x4E2D;&hellip;</title>', 'A & B 中…'],
    ['one line, without what nobody sees', '<title>\n  A\u200b \u202eB\u0007\n\tC </title>', 'A B C'],
    ['a tag inside is text', '<title>A <b>B</b></title>', 'A <b>B</b>'],
    ['not in a comment', '<!-- <title>X</title> --><title>D</title>', 'D'],
    ['not in a script', '<script>"<title>X</title>"</script><title>D</title>', 'D'],
    ['not in the body', '', null],
    ['nothing but blanks', '<title> \u3164 </title>', null],
  ])('%s', (_name, head, title) => {
    expect(read(head, { body: '<title>body</title><meta property="og:title" content="body">' }).title).toBe(title);
  });

  test('is cut at whole letters', () => {
    const { title } = read(`<title>${'😀'.repeat(500)}</title>`);
    expect(Array.from(title ?? '')).toHaveLength(PREVIEW_TITLE_CHARS_MAX);
    expect(title?.endsWith('😀…')).toBe(true);
  });

  test('a description is bounded, too, and comes from where there is one', () => {
    expect(read('<meta name="description" content="x">').description).toBe('x');
    expect(read(og('og:description', 'y') + '<meta name="description" content="x">').description).toBe('y');
    expect(read(og('og:description', 'y'.repeat(50_000))).description).toHaveLength(PREVIEW_DESCRIPTION_CHARS_MAX);
  });
});

describe('the addresses that a page names', () => {
  test.each([
    ['relative to the page', og('og:image', '/a.png'), 'https://shop.example/a.png'],
    ['without a scheme', og('og:image', '//img.example/a.png'), 'https://img.example/a.png'],
    ['relative to <base>', '<base href="/shop/">' + og('og:image', 'a.png'), 'https://shop.example/shop/a.png'],
    [
      'the secure one first',
      og('og:image', 'http://i.example/a') + og('og:image:secure_url', 'https://i.example/a'),
      'https://i.example/a',
    ],
    ['of twitter', og('twitter:image', 'b.png'), 'https://shop.example/item/b.png'],
    ['of the data', product({ image: ['/c.png', '/d.png'] }), 'https://shop.example/c.png'],
    [
      'of the data, as an object',
      product({ image: { '@type': 'ImageObject', url: '/c.png' } }),
      'https://shop.example/c.png',
    ],
    ['of <link>', '<link rel="image_src" href="/e.png">', 'https://shop.example/e.png'],
    [
      'the next one where the first is none',
      og('og:image', 'javascript:alert(1)') + og('twitter:image', '/b.png'),
      'https://shop.example/b.png',
    ],
    ['never a script', og('og:image', 'javascript:alert(1)'), null],
    ['never data', og('og:image', 'data:image/png;base64,AAAA'), null],
    ['never a file', og('og:image', 'file:///etc/passwd'), null],
    ['never with a password', og('og:image', 'https://a:b@i.example/a.png'), null],
    ['never a long one', og('og:image', `/${'x'.repeat(3000)}`), null],
    [
      'never by a base that is none',
      '<base href="javascript:1">' + og('og:image', 'a.png'),
      'https://shop.example/item/a.png',
    ],
  ])('a picture %s', (_name, head, imageUrl) => expect(read(head).imageUrl).toBe(imageUrl));

  test('the canonical address is taken from the same host only', () => {
    expect(read('<link rel="alternate canonical" href="/item/42">').canonical).toBe('https://shop.example/item/42');
    expect(read(og('og:url', 'https://shop.example/item/42')).canonical).toBe('https://shop.example/item/42');
    expect(read('<link rel="canonical" href="https://evil.example/">').canonical).toBeNull();
    expect(read('<link rel="canonical" href="http://[bad">').canonical).toBeNull();
  });
});

describe('the price', () => {
  const priced = (amount: string, currency: string) =>
    og('product:price:amount', amount) + og('product:price:currency', currency);
  test.each([
    [priced('12.50', 'CNY'), { currency: 'CNY', minor: 1250n }],
    [priced('12.5000', 'cny'), { currency: 'CNY', minor: 1250n }],
    [priced('¥12', 'CNY'), { currency: 'CNY', minor: 1200n }],
    [priced('1,299.00', 'CNY'), { currency: 'CNY', minor: 129900n }],
    [priced('1200', 'JPY'), { currency: 'JPY', minor: 1200n }],
    [og('og:price:amount', '9.9') + og('og:price:currency', 'USD'), { currency: 'USD', minor: 990n }],
    [
      priced('20', 'CNY') + og('product:sale_price:amount', '15') + og('product:sale_price:currency', 'CNY'),
      { currency: 'CNY', minor: 1500n },
    ],
    [product({ offers: { '@type': 'Offer', price: 12.5, priceCurrency: 'CNY' } }), { currency: 'CNY', minor: 1250n }],
    [
      product({
        offers: [
          { price: '99', priceCurrency: 'CNY' },
          { price: '88', priceCurrency: 'CNY' },
        ],
      }),
      { currency: 'CNY', minor: 9900n },
    ],
    [
      product({ offers: { '@type': 'AggregateOffer', lowPrice: '5', highPrice: '9', priceCurrency: 'CNY' } }),
      { currency: 'CNY', minor: 500n },
    ],
    [product({ offers: { priceSpecification: { price: 7, priceCurrency: 'CNY' } } }), { currency: 'CNY', minor: 700n }],
    [priced('12,50', 'EUR'), null], // thousands or decimals: it is not guessed
    [priced('12.505', 'CNY'), null],
    [priced('-1', 'CNY'), null],
    [priced('0', 'CNY'), null],
    [priced('1e9', 'CNY'), null],
    [priced('NaN', 'CNY'), null],
    [priced('9'.repeat(40), 'CNY'), null],
    [priced('12', 'QQQ'), null],
    [priced('12', '__proto__'), null],
    [og('product:price:amount', '12'), null],
    [product({ offers: { price: 12 } }), null],
  ])('%s', (head, price) => expect(read(head).price).toEqual(price));

  test.each([
    ['https://schema.org/InStock', 'in_stock'],
    ['http://schema.org/OutOfStock', 'out_of_stock'],
    ['SoldOut', 'out_of_stock'],
    ['PreOrder', 'preorder'],
    ['in stock', 'in_stock'],
    ['oos', 'out_of_stock'],
    ['whatever', null],
  ])('%s is %s', (said, availability) => {
    expect(read(product({ offers: { availability: said } })).availability).toBe(availability);
    expect(read(og('product:availability', said)).availability).toBe(availability);
  });
});

describe('structured data', () => {
  test.each([
    ['in a list', JSON.stringify([{ '@type': 'WebSite' }, { '@type': 'Product', name: 'P' }])],
    [
      'in a graph',
      JSON.stringify({
        '@graph': [
          { '@type': 'Organization', name: 'O' },
          { '@type': ['Thing', 'Product'], name: 'P' },
        ],
      }),
    ],
    ['by a full name', JSON.stringify({ '@type': 'http://schema.org/Product', name: 'P' })],
    ['inside a page', JSON.stringify({ '@type': 'WebPage', name: 'W', mainEntity: { '@type': 'Product', name: 'P' } })],
    [
      'before those it recommends',
      JSON.stringify({ '@type': 'Product', name: 'P', isRelatedTo: { '@type': 'Product', name: 'Q' } }),
    ],
  ])('is found %s, in the head and at the end of the page', (_name, json) => {
    const script = `<script type="application/ld+json">${json}</script>`;
    expect(read(script)).toMatchObject({ title: 'P', isProduct: true });
    expect(read('<meta charset="utf-8">', { body: `<p>x</p>${script}` })).toMatchObject({
      title: 'P',
      isProduct: true,
    });
  });

  test.each([
    ['broken', '{"@type":"Product"'],
    ['empty', ''],
    ['a number', '1'],
    ['null', 'null'],
    ['not a product', JSON.stringify({ '@type': 'Article', name: 'P' })],
    ['deep', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    [
      'deeper than is looked',
      JSON.stringify(Array.from({ length: 12 }).reduce((inside) => ({ x: inside }), { '@type': 'Product', name: 'P' })),
    ],
    ['wide', JSON.stringify([...Array.from({ length: 2_000 }, () => ({})), { '@type': 'Product', name: 'P' }])],
    ['longer than is read', JSON.stringify({ '@type': 'Product', name: 'P', x: 'x'.repeat(70_000) })],
    ['of the wrong kinds', JSON.stringify({ '@type': 'Product', name: {}, offers: 'x', image: 7, description: [] })],
    ['a trap', '{"__proto__":{"@type":"Product"},"constructor":{"prototype":{"x":1}}}'],
  ])('that is %s changes nothing', (_name, json) => {
    expect(read(`<script type="application/ld+json">${json}</script><title>T</title>`)).toMatchObject({
      title: 'T',
      price: null,
    });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined(); // any object
  });
});

describe('letters', () => {
  const gbk = Buffer.concat([
    Buffer.from('<head><title>'),
    Buffer.from([0xd6, 0xd0, 0xb9, 0xfa]),
    Buffer.from('</title>'),
  ]);
  const utf8 = Buffer.from('<head><title>中国</title>');
  const titleOf = (type: string, body: Buffer) => readPreview({ url: URL_OF_PAGE, type, body }).title;
  const withMeta = (meta: string, body: Buffer) => Buffer.concat([Buffer.from(`<head>${meta}`), body.subarray(6)]);

  test.each([
    ['text/html; charset=GBK', gbk],
    ['text/html; charset="gb2312"', gbk],
    ['text/html;charset=gb18030', gbk],
    ['text/html', withMeta('<meta charset=gbk>', gbk)],
    ['text/html', withMeta('<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', gbk)],
    ['text/html; charset=no-such', withMeta('<meta charset=gbk>', gbk)],
    ['text/html', utf8],
    ['text/html; charset=utf-8', withMeta('<meta charset=gbk>', utf8)],
    ['text/html; charset=gbk', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8])],
    ['text/html', withMeta('<meta charset=utf-16>', utf8)],
    ['text/html', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<title>中国</title>', 'utf16le')])],
  ])('%s, row %#', (type, body) => expect(titleOf(type, body)).toBe('中国'));

  test('a letter that lies across two pieces is whole', () => {
    const body = Buffer.from(`<head>${' '.repeat(16_383 - 6 - 8)}<title>a中国</title>`);
    expect(titleOf('text/html', body)).toBe('a中国');
    for (let pad = 8_170; pad < 8_200; pad++)
      expect(titleOf('text/html', Buffer.from(`<head>${' '.repeat(pad)}<title>中国</title>`))).toBe('中国');
  });

  test('broken letters are left out', () => {
    expect(
      titleOf('text/html', Buffer.from([...Buffer.from('<title>a'), 0xff, 0xfe, ...Buffer.from('b</title>')])),
    ).toBe('a b');
  });
});

describe('any page', () => {
  test('is read no further than it may be', () => {
    expect(read(`${' '.repeat(140_000)}<title>T</title>`).title).toBeNull();
    expect(read(`<script>${'x'.repeat(120_000)}</script><title>T</title>`).title).toBe('T');
  });

  test('that never closes anything ends all the same', () => {
    for (const piece of [
      '<',
      '<a ',
      '<meta ',
      '<!--',
      '<title>',
      '<script>',
      '<svg><title>',
      '&#',
      '<meta content="',
      '</',
    ])
      expect(
        readPreview({ url: URL_OF_PAGE, type: 'text/html', body: Buffer.from(piece.repeat(128 * 1024)) }),
      ).toBeTruthy();
  });

  test('of nothing but noise gives nothing that is not clean', () => {
    const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(60, 62, 34, 39, 61, 47, 38));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 400 }), (bytes) => {
        const head = Buffer.from('<meta property="og:title" content="');
        const body = Buffer.concat([head, Buffer.from(bytes)]);
        const { title } = readPreview({ url: URL_OF_PAGE, type: 'text/html', body });
        expect(title ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('that answers with an error, or none, has no preview', () => {
    const page = {
      kind: 'page',
      url: URL_OF_PAGE,
      type: 'text/html',
      body: Buffer.from('<title>T</title>'),
      cut: false,
      hops: [],
    } as const;
    expect(previewOf({ ...page, status: 200 })?.title).toBe('T');
    expect(previewOf({ ...page, status: 404 })).toBeNull();
    expect(previewOf({ kind: 'refused', reason: 'x', hops: [] })).toBeNull();
  });
});
