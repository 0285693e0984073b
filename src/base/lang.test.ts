import { expect, test } from 'vitest';
import { chooseLang } from './lang.ts';

test.each([
  ['en', 'zh-CN', 'en'],
  ['zh-CN', 'en', 'zh-CN'],
  ['fr', 'en', 'en'],
  [undefined, undefined, 'zh-CN'],
  [undefined, '', 'zh-CN'],
  [undefined, 'fr-FR,de;q=0.8', 'zh-CN'],
  [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
  [undefined, 'en-GB,en;q=0.9,zh;q=0.8', 'en'],
  [undefined, 'fr, EN;q=0.5, zh;q=0.2', 'en'],
  [undefined, 'en;q=0, fr', 'zh-CN'],
  [undefined, '*', 'zh-CN'],
] as const)('asked %s with Accept-Language %s is answered in %s', (asked, acceptLanguage, lang) => {
  expect(chooseLang(asked, acceptLanguage)).toBe(lang);
});
