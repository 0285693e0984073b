import { expect, test } from 'vitest';
import { contentOf } from '../test-links.ts';
import { readLinkChange } from './read-link-fields.ts';
import { changedFields, mergeLinkTexts, writeLinkFields } from './write-link-fields.ts';

test.each([
  contentOf(),
  contentOf({ title: 'none', description: 'none', imageUrl: 'https://shop.example/a.png', appPath: '/x?y=1' }),
  contentOf({ price: { currency: 'JPY', minor: 1250n }, direct: true, availability: 'preorder' }),
  contentOf({ price: { currency: 'CNY', minor: 5n }, expiresAt: new Date('2026-12-31T16:00:00Z') }),
  contentOf({ expiresAt: new Date('2026-12-31T15:59:59Z') }),
  contentOf({ expiresAt: new Date('2026-12-31T15:59:59.999Z') }),
])('what a link says is read as it was written (%#)', (content) => {
  expect(readLinkChange(writeLinkFields(content), 'USD')).toEqual({ content });
});

test('of two changes each keeps what it alone changed, and what both changed is told', () => {
  const base = { title: '一', description: '甲', price: '1.00', image_url: '' };
  const mine = { ...base, title: '二', description: '乙 ', image_url: 'https://a' };
  const theirs = { ...base, title: '三', price: '2.00', image_url: 'https://a' };
  expect(mergeLinkTexts(base, mine, theirs)).toEqual({
    texts: { title: '二', description: '乙 ', price: '2.00', image_url: 'https://a' },
    both: ['title'],
  });
});

test('between two versions only what is another is told', () => {
  const before = contentOf({ price: { currency: 'CNY', minor: 500n } });
  const after = contentOf({ title: '雨前龙井', price: { currency: 'USD', minor: 500n } });
  expect(changedFields(before, after)).toEqual([
    { field: 'title', before: '明前龙井', after: '雨前龙井' },
    { field: 'currency', before: 'CNY', after: 'USD' },
  ]);
});
