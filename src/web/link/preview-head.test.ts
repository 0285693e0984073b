import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { HOSTILE, testReadyLink } from '../../links/preview/test-ready-link.ts';
import { previewHead, renderRobotCard } from './preview-head.ts';

/** What a crawler sees: every tag in order with its attributes, and the text of scripts. */
function read(page: string) {
  const tags: { name: string; attributes: Record<string, string> }[] = [];
  const texts: Record<string, string> = {};
  let open = '';
  const parser = new Parser({
    onopentag: (name, attributes) => {
      tags.push({ name, attributes: { ...attributes } });
      open = name;
    },
    ontext: (text) => void (texts[open] = (texts[open] ?? '') + text),
    onclosetag: () => void (open = ''),
  });
  parser.write(page);
  parser.end();
  const metas = Object.fromEntries(
    tags
      .filter(({ name }) => name === 'meta')
      .map(({ attributes }) => [attributes['property'] ?? attributes['name'] ?? '', attributes['content'] ?? '']),
  );
  return { tags, texts, metas };
}

describe('the head of a link’s page', () => {
  test('says what the link is in Open Graph', () => {
    expect(read(previewHead(testReadyLink(), 'zh-CN').toString()).metas).toEqual({
      'og:type': 'product',
      'og:title': '云南小粒咖啡豆 500 克',
      'og:description': '高海拔日晒，烘焙后三天内发货。',
      'og:url': 'https://go.example/l/abcd2345',
      'og:site_name': '云上咖啡',
      'og:locale': 'zh_CN',
      'og:image': 'https://go.example/l/abcd2345/card.png?v=3',
      'og:image:type': 'image/png',
      'og:image:width': '1200',
      'og:image:height': '630',
      'og:image:alt': '云南小粒咖啡豆 500 克，¥59.00，云上咖啡',
      'product:price:amount': '59.00',
      'product:price:currency': 'CNY',
      'product:availability': 'in stock',
      'twitter:card': 'summary_large_image',
      'twitter:title': '云南小粒咖啡豆 500 克',
      'twitter:description': '高海拔日晒，烘焙后三天内发货。',
      'twitter:image': 'https://go.example/l/abcd2345/card.png?v=3',
      'twitter:image:alt': '云南小粒咖啡豆 500 克，¥59.00，云上咖啡',
      'twitter:label1': '价格',
      'twitter:data1': '¥59.00',
    });
  });

  test('has the one true address and the way to oEmbed, at the address that serves the link', () => {
    const linksOf = (url: string, servedBy: string | null) =>
      read(previewHead(testReadyLink({ url, servedBy }), 'en').toString())
        .tags.filter(({ name }) => name === 'link')
        .map(({ attributes }) => [attributes['rel'], attributes['href']]);
    expect(linksOf('https://go.example/l/abcd2345', null)).toEqual([
      ['canonical', 'https://go.example/l/abcd2345'],
      ['alternate', 'https://go.example/oembed?url=https%3A%2F%2Fgo.example%2Fl%2Fabcd2345&format=json'],
    ]);
    expect(linksOf('https://s.shop.example/abcd2345', 'lho_1')).toEqual([
      ['canonical', 'https://s.shop.example/abcd2345'],
      ['alternate', 'https://s.shop.example/oembed?url=https%3A%2F%2Fs.shop.example%2Fabcd2345&format=json'],
    ]);
  });

  test('a product is one for schema.org, its price a text', () => {
    const { texts } = read(previewHead(testReadyLink(), 'zh-CN').toString());
    expect(JSON.parse(texts['script'] ?? '')).toEqual({
      '@context': 'https://schema.org',
      '@type': 'Product',
      name: '云南小粒咖啡豆 500 克',
      description: '高海拔日晒，烘焙后三天内发货。',
      image: ['https://go.example/l/abcd2345/card.png?v=3'],
      url: 'https://go.example/l/abcd2345',
      offers: {
        '@type': 'Offer',
        url: 'https://go.example/l/abcd2345',
        price: '59.00',
        priceCurrency: 'CNY',
        availability: 'https://schema.org/InStock',
        seller: { '@type': 'Organization', name: '云上咖啡' },
      },
    });
  });

  test.each([
    ['page', null, '来自 云上咖啡', 'From 云上咖啡'],
    ['page', 5900n, '¥59.00 · 云上咖啡', '¥59.00 · 云上咖啡'],
    ['pay', null, '向 云上咖啡 付款', 'Pay 云上咖啡'],
    ['pay', 5900n, '向 云上咖啡 付款 ¥59.00', 'Pay ¥59.00 to 云上咖啡'],
    ['group', 5900n, '大家一起付给 云上咖啡，共 ¥59.00', 'Pay 云上咖啡 together, ¥59.00 in all'],
    ['collect', 5900n, '云上咖啡 发起的收款，共 ¥59.00', '云上咖啡 is collecting ¥59.00 in all'],
    ['collect', null, '云上咖啡 发起的收款', '云上咖啡 is collecting money'],
  ] as const)('a %s link of %s without words of its own is described by ours', (kind, minor, zh, en) => {
    const price = minor === null ? null : { currency: 'CNY' as const, minor };
    const ready = testReadyLink({ kind, price, description: null });
    expect(read(previewHead(ready, 'zh-CN').toString()).metas['og:description']).toBe(zh);
    expect(read(previewHead(ready, 'en').toString()).metas['og:description']).toBe(en);
  });

  test.each([
    ['page', null, 'website', 'WebPage'],
    ['pay', 1n, 'product', 'Product'],
    ['group', 1n, 'website', 'WebPage'],
    ['collect', 1n, 'website', 'WebPage'],
  ] as const)('a %s link of %s is a %s', (kind, minor, type, schemaType) => {
    const price = minor === null ? null : { currency: 'JPY' as const, minor };
    const { metas, texts } = read(previewHead(testReadyLink({ kind, price }), 'en').toString());
    expect(metas['og:type']).toBe(type);
    expect(metas['product:price:amount']).toBe(type === 'product' ? '1' : undefined);
    expect(JSON.parse(texts['script'] ?? '')['@type']).toBe(schemaType);
  });

  test('no word of a shop’s gets out of the place where it stands', () => {
    const plain = read(previewHead(testReadyLink(), 'zh-CN').toString());
    const ready = testReadyLink({ title: HOSTILE, description: HOSTILE, ownerName: HOSTILE });
    const head = previewHead(ready, 'zh-CN').toString();
    const hostile = read(head);
    expect(hostile.tags.map(({ name }) => name)).toEqual(plain.tags.map(({ name }) => name));
    expect(hostile.tags.map(({ attributes }) => Object.keys(attributes))).toEqual(
      plain.tags.map(({ attributes }) => Object.keys(attributes)),
    );
    expect(hostile.metas['og:title']).toBe(HOSTILE);
    expect(JSON.parse(hostile.texts['script'] ?? '').name).toBe(HOSTILE);
    expect(/<script type="application\/ld\+json">(.*)<\/script>/s.exec(head)?.[1]).not.toMatch(/[<>&\u2028\u2029]/);
  });
});

describe('the card for robots', () => {
  test('is a whole page that may be previewed and not listed, and does nothing', () => {
    const page = renderRobotCard(testReadyLink({ title: HOSTILE, ownerName: HOSTILE, description: HOSTILE }), 'en');
    const { tags, texts, metas } = read(page);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en"/);
    expect(metas['robots']).toBe('noindex, max-image-preview:large');
    expect(texts['title']).toBe(HOSTILE);
    expect(texts['h1']).toBe(HOSTILE);
    expect(tags.filter(({ name }) => name === 'script')).toEqual([
      { name: 'script', attributes: { type: 'application/ld+json' } },
    ]);
    expect(tags.map(({ name }) => name)).not.toContain('style');
    expect(tags.filter(({ name }) => name === 'a').map(({ attributes }) => attributes['href'])).toEqual([
      'https://go.example/l/abcd2345?robot=no&lang=en',
    ]);
  });
});
