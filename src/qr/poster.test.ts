import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { letter } from './lettering.ts';
import { qrPath } from './qr-path.ts';
import { drawPoster, type Paper, PAPERS, type Poster } from './poster.ts';
import { posterPdf } from './poster-pdf.ts';
import { posterSvg } from './poster-svg.ts';

const POSTER: Poster = {
  text: 'https://pay.example.com/q/qr_01jd8k3f6v9w2x',
  shopName: '老北京炸酱面馆（王府井店）',
  detail: '3 号桌',
  wallets: [
    { name: '微信支付', colour: '#07a653' },
    { name: '支付宝', colour: '#1677ff' },
    { name: '云闪付', colour: '#d7262e' },
    { name: '美团支付', colour: '#ffc300' },
  ],
  idLine: 'qr_01jd8k3f6v9w2x',
};
const MADE = new Date('2026-11-01T00:00:00Z');

/** Left, lower, right and upper edge of an outline. Control points count, which is near enough. */
function boxOf(d: string): [number, number, number, number] {
  const numbers = [...d.matchAll(/-?\d+(?:\.\d+)?/g)].map(([text]) => Number(text));
  const xs = numbers.filter((_, index) => index % 2 === 0);
  const ys = numbers.filter((_, index) => index % 2 === 1);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

describe('lettering', () => {
  test('a Chinese character is as wide as the letter size, a blank has width and no outline', async () => {
    expect((await letter('老北京', 'regular')).width).toBeCloseTo(3000, 0);
    const blank = await letter(' ', 'regular');
    expect([blank.d, blank.width > 100]).toEqual(['', true]);
    expect(await letter('', 'bold')).toEqual({ d: '', width: 0 });
  });

  test('bold strokes are thicker than regular ones, and regular ones thicker than the font’s thinnest', async () => {
    const thickness = async (weight: 'regular' | 'bold'): Promise<number> => {
      const [, lower, , upper] = boxOf((await letter('一', weight)).d);
      return upper - lower;
    };
    const [regular, bold] = [await thickness('regular'), await thickness('bold')];
    expect(regular).toBeGreaterThan(60);
    expect(bold).toBeGreaterThan(regular * 1.3);
  });

  test('asked for again, a letter looks the same', async () => {
    const first = await letter('互通', 'bold');
    expect(await letter('互通', 'bold')).toEqual(first);
    expect((await letter('互', 'regular')).d).not.toBe((await letter('互', 'bold')).d);
  });

  test('letters follow each other without overlapping', async () => {
    const [left] = boxOf((await letter('一', 'regular')).d);
    const [, , right] = boxOf((await letter('一一', 'regular')).d);
    expect(right).toBeGreaterThan(1000 + left);
  });

  test('Latin, digits, signs and rare characters are in the font; what is not is drawn as 〓', async () => {
    for (const character of 'Az09¥·（）。é囍㑇') expect((await letter(character, 'regular')).d).not.toBe('');
    expect(await letter('\u{10FFFD}', 'regular')).toEqual(await letter('〓', 'regular'));
  });
});

describe('a poster', () => {
  test.each(Object.keys(PAPERS) as Paper[])('%s: everything lies on the paper', async (paper) => {
    const [width, height] = PAPERS[paper];
    for (const { d, x, y, scale, flip } of await drawPoster(POSTER, paper)) {
      if (d.includes('h') || d.includes('H')) continue; // the code and the ground, whose numbers are not pairs
      const [left, lower, right, upper] = boxOf(d);
      const edges = flip ? [y - upper * scale, y - lower * scale] : [y + lower * scale, y + upper * scale];
      expect(x + left * scale).toBeGreaterThanOrEqual(0);
      expect(x + right * scale).toBeLessThanOrEqual(width + 0.01);
      expect(Math.min(...edges)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...edges)).toBeLessThanOrEqual(height);
    }
  });

  test('the code is on it as it is alone, large enough to scan from an arm’s length', async () => {
    const { d, side } = qrPath(POSTER.text, 'quartile');
    const code = (await drawPoster(POSTER, 'A6')).find((shape) => shape.d === d);
    expect((code?.scale ?? 0) * side).toBeGreaterThan(60);
  });

  test('a long name is made smaller, not cut; many wallets wrap into two rows', async () => {
    const many = Array.from({ length: 9 }, () => ({ name: '微信支付', colour: '#07a653' }));
    const long = { ...POSTER, shopName: '很'.repeat(40), wallets: many };
    const shapes = await drawPoster(long, 'A4');
    const outlines = shapes.filter((shape) => shape.flip);
    for (const { d, x, scale } of outlines) {
      const [left, , right] = boxOf(d);
      expect(x + left * scale).toBeGreaterThanOrEqual(5);
      expect(x + right * scale).toBeLessThanOrEqual(205);
    }
    expect(shapes.filter((shape) => shape.fill === '#07a653')).toHaveLength(9);
  });

  test('names are dark on light colours and white on dark ones', async () => {
    const name = async (colour: string): Promise<string | undefined> =>
      (await drawPoster({ ...POSTER, wallets: [{ name: '美', colour }] }, 'A4')).at(-2)?.fill;
    expect(await name('#ffc300')).toBe('#12161d');
    expect(await name('#c81623')).toBe('#ffffff');
    await expect(name('red"/><script>')).rejects.toThrow('colour');
  });

  test('as SVG it is of the paper’s size and holds no text of the shop’s', async () => {
    const svg = await posterSvg({ ...POSTER, shopName: '<script>&"' }, 'A6');
    expect(svg).toContain('width="105mm" height="148mm" viewBox="0 0 105 148"');
    expect(svg).not.toMatch(/<text|script|&/);
  });

  test('as PDF it is one page of the paper’s size, with the same outlines as the SVG, and the same file each time', async () => {
    const pdf = await posterPdf(POSTER, 'A5', MADE);
    const text = pdf.toString('latin1');
    expect(text.startsWith('%PDF-')).toBe(true);
    expect(text).toMatch(/\/MediaBox \[0 0 419\.52\d+ 595\.27\d+\]/);
    expect(text).toMatch(/\/Count 1\b/);
    const from = text.indexOf('stream\n', text.indexOf('FlateDecode')) + 'stream\n'.length;
    const operators = inflateSync(pdf.subarray(from, text.indexOf('endstream', from)))
      .toString()
      .split('\n');
    const shapes = await drawPoster(POSTER, 'A5');
    expect(operators.filter((line) => line === 'f')).toHaveLength(shapes.length);
    const moves = shapes.reduce((sum, { d }) => sum + (d.match(/M/g)?.length ?? 0), 0);
    expect(operators.filter((line) => line.endsWith(' m'))).toHaveLength(moves);
    // Curves with one control point are other curves in PDF than in SVG.
    expect(operators.filter((line) => /[vy]$/.test(line))).toEqual([]);
    expect(await posterPdf(POSTER, 'A5', MADE)).toEqual(pdf);
  });
});
