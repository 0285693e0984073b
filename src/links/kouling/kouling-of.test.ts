import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LINK_CODE_CHARS, LINK_CODE_LETTERS } from '../../base/link-limits.ts';
import { checkLetter, readChecked } from './check-letter.ts';
import { koulingOf } from './kouling-of.ts';
import { readKouling } from './read-kouling.ts';
import type { ReadyLink } from '../link.ts';
import { testReadyLink } from '../preview/test-ready-link.ts';

const letters = Array.from(LINK_CODE_LETTERS);
const anyCode = fc
  .array(fc.constantFrom(...letters), { minLength: LINK_CODE_CHARS, maxLength: LINK_CODE_CHARS })
  .map((all) => all.join(''));

function testLink({ code, title }: { code: string; title: string }): ReadyLink {
  const ready = testReadyLink({ title, url: `https://pay.example/l/${code}` });
  return { ...ready, link: { ...ready.link, code } };
}

const URL_PART = /https?:\/\/[!-~]+/g;

describe('the check letter', () => {
  /** Enough codes that every letter stands at every place beside every other. */
  const codes = letters.flatMap((first, at) =>
    letters.map((second, beside) =>
      Array.from({ length: LINK_CODE_CHARS }, (_, place) =>
        place % 2 === 0 ? first : place === 7 ? (letters[(at + beside) % letters.length] ?? '') : second,
      ).join(''),
    ),
  );

  test('finds every single wrong letter, at every place, its own included', () => {
    let tried = 0;
    for (const code of codes.filter((_, index) => index % 7 === 0)) {
      const whole = code + checkLetter(code);
      expect(readChecked(whole)).toBe(code);
      for (let at = 0; at < whole.length; at += 1)
        for (const letter of letters) {
          if (letter === whole.charAt(at)) continue;
          tried += 1;
          if (readChecked(whole.slice(0, at) + letter + whole.slice(at + 1)) !== null)
            expect.fail(`${whole} at ${at} as ${letter}`);
        }
    }
    expect(tried).toBeGreaterThan(200_000);
  });

  test('finds every swap of neighbours, whichever two letters they are', () => {
    const seen = new Set<string>();
    for (const code of codes) {
      const whole = code + checkLetter(code);
      for (let at = 0; at + 1 < whole.length; at += 1) {
        const [left, right] = [whole.charAt(at), whole.charAt(at + 1)];
        if (left === right) continue;
        seen.add(`${at % 2} ${left}${right}`);
        if (readChecked(whole.slice(0, at) + right + left + whole.slice(at + 2)) !== null)
          expect.fail(`${whole} at ${at}`);
      }
    }
    expect(seen.size).toBe(2 * letters.length * (letters.length - 1)); // every pair, at a place of either weight
  });

  test('refuses letters that are not in use, and codes of another length', () => {
    for (const letter of '0O1lI-é ') expect(readChecked(`abcd234${letter}k`)).toBeNull();
    expect(readChecked('abcd2345')).toBeNull();
    expect(readChecked('')).toBeNull();
  });
});

describe('our own text', () => {
  test('reads well and says what it leads to', () => {
    const ready = testLink({ code: 'abcd2345', title: '茉莉花茶「特级」100g' });
    expect(koulingOf(ready, 'zh-CN')).toBe(
      '「茉莉花茶『特级』100g」点开 https://pay.example/l/abcd2345?via=text 即可查看；点不开就复制整段文字，到互通粘贴页打开 〔互通码 abcd-2345-J〕',
    );
    expect(koulingOf(ready, 'en')).toBe(
      '「茉莉花茶『特级』100g」 Copy all of this and paste it where Hutong links open, or tap https://pay.example/l/abcd2345?via=text 〔Hutong code abcd-2345-J〕',
    );
  });

  test('is found again whatever the title, and says the same code', () => {
    fc.assert(
      fc.property(
        anyCode,
        fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom(...HARD_TITLES)),
        fc.constantFrom('zh-CN' as const, 'en' as const),
        (code, title, lang) => {
          const read = readKouling(koulingOf(testLink({ code, title }), lang));
          expect(read).toMatchObject({
            app: 'hutong',
            kind: 'ours',
            token: code,
            formatId: 'hutong-text',
            confidence: 'high',
          });
          expect(read.url).toBe(`https://pay.example/l/${code}?via=text`);
        },
      ),
      { numRuns: 1500 },
    );
  });

  const text = koulingOf(testLink({ code: 'Xk7mQ2pR', title: '手工皂' }), 'zh-CN');
  test.each([
    ['its address taken out', text.replace(URL_PART, '')],
    ['its address shortened by somebody else', text.replace(URL_PART, 'https://t.cn/A6AbCdEf')],
    [
      'full-width letters',
      Array.from(text, (each) =>
        /[!-~]/.test(each) && !'〔〕'.includes(each) ? String.fromCharCode(each.charCodeAt(0) + 0xfee0) : each,
      ).join(''),
    ],
    ['a line break within the code', text.replace(`-${text.match(/-(\w{4})-/)?.[1]}`, (part) => `-\n${part.slice(1)}`)],
    ['line breaks for spaces', text.replaceAll(' ', '\n')],
    ['long dashes', text.replaceAll('-', '—')],
    ['zero-width characters', Array.from(text).join('\u200b')],
    ['traditional characters', text.replace('互通码', '互通碼')],
    ['quoted in an answer', `> ${text}\n好的，我看看`],
    ['its brackets taken out', text.replace(/[〔〕「」]/g, '')],
  ])('survives %s', (_, changed) => {
    expect(readKouling(changed)).toMatchObject({ kind: 'ours', token: 'Xk7mQ2pR' });
  });

  test('with a mistyped code it is refused rather than wrong, but its address still counts', () => {
    const wrong = text.replace('Xk7m-', 'Xk7n-');
    expect(readKouling(wrong)).toMatchObject({ kind: 'link', warnings: ['mistyped'] });
    expect(readKouling(wrong.replace(URL_PART, ''))).toMatchObject({
      kind: 'none',
      token: null,
      warnings: ['mistyped'],
    });
  });

  test('looks to readers of other apps’ tokens like nothing', () => {
    const THEIRS = [
      /[￥¥$€£₤₳₰/(（！!](?:[A-Z]{2}\d{3,4} )?([0-9A-Za-z]{8,13})[￥¥$€£₤₳₰/)）！!]/u,
      /(?<![0-9A-Za-z])(?=[0-9A-Za-z]*\d)(?=[0-9A-Za-z]*[A-Za-z])[0-9A-Za-z]{10,12}(?![0-9A-Za-z])/,
      /(?<![0-9A-Za-z])[A-Z]{2}\d{3,4}(?![0-9A-Za-z-])/,
    ];
    fc.assert(
      fc.property(
        anyCode,
        fc.constantFrom(...HARD_TITLES, '茶'),
        fc.constantFrom('zh-CN' as const, 'en' as const),
        (code, title, lang) => {
          const shared = koulingOf(testLink({ code, title: title.replace(/[A-Z]{2}\d{3,4}/g, '') }), lang).replace(
            URL_PART,
            '',
          );
          for (const pattern of THEIRS) expect(shared).not.toMatch(pattern);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

const HARD_TITLES = [
  '￥dAEYbi4KO4D￥ 打开淘宝',
  '【淘宝】https://e.tb.cn/h.AsDfGhJkLzXcVbN?tk=Ui7OpL5kJhG',
  '#小程序://茶铺/AbCdEfGhIjK1234',
  '」「〕〔',
  '互通码 abcd-2345-k',
  'Hutong code zzzz-zzzz-z',
  'HT-0123456789ABCDEFGHJKMNPQRS',
  '验证码 384756',
  '29✔hmaFd0IpH0M💲',
  'javascript://%0aalert(1)',
];
