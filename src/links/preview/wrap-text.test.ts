import { describe, expect, test } from 'vitest';
import { letter } from '../../qr/lettering.ts';
import { type TextBox, wrapText } from './wrap-text.ts';

const BOX: TextBox = { widthPx: 500, linesMax: 2, sizePx: 50, weight: 'bold' };

/** What a drawn line says, found by drawing it again. */
async function says(text: string, box = BOX): Promise<number> {
  return (await wrapText(text, box)).length;
}

describe('text in a box', () => {
  test('a short one is one line, as wide as its letters', async () => {
    const [line, ...others] = await wrapText('云南咖啡', BOX);
    expect(others).toEqual([]);
    expect(line?.widthPx).toBe(200);
    expect(line?.lettering.d).toBe((await letter('云南咖啡', 'bold')).d);
  });

  test.each([
    ['Chinese breaks anywhere', '一二三四五六七八九十甲乙', ['一二三四五六七八九十', '甲乙']],
    ['but not before a closing sign', '一二三四五六七八九十。甲', ['一二三四五六七八九', '十。甲']],
    ['nor after an opening one', '一二三四五六七八九「甲」', ['一二三四五六七八九', '「甲」']],
    ['words stay whole', 'Single Origin Arabica Coffee', ['Single Origin', 'Arabica Coffee']],
    ['a word wider than the box breaks', 'W'.repeat(14), null],
    [
      'what does not fit ends in an ellipsis',
      '一二三四五六七八九十'.repeat(3),
      ['一二三四五六七八九十', '一二三四五六七八九…'],
    ],
    [
      'no sign stands before the ellipsis',
      '一二三四五六七八九十一二三四五六七八，九十甲乙丙',
      ['一二三四五六七八九十', '一二三四五六七八…'],
    ],
    ['emoji and unseen signs are left out', '云南 ☕️👨‍👩‍👧🇨🇳 咖啡\u200b\u202e', ['云南 咖啡']],
    ['blanks and lines become one blank', ' 云南 \n\t 咖啡 ', ['云南 咖啡']],
  ])('%s', async (_name, text, lines) => {
    const drawn = await wrapText(text, BOX);
    for (const { widthPx } of drawn) expect(widthPx).toBeLessThanOrEqual(500.01);
    if (lines === null) return expect(drawn).toHaveLength(2);
    const wanted = await Promise.all(lines.map(async (line) => (await letter(line, 'bold')).d));
    expect(drawn.map(({ lettering }) => lettering.d)).toEqual(wanted);
  });

  test('nothing to draw is no line', async () => {
    expect(await says('')).toBe(0);
    expect(await says(' 👍 \u200b')).toBe(0);
  });

  test('a text without end is cut before it is measured', async () => {
    expect(await says('长'.repeat(100_000))).toBe(2);
  });
});
