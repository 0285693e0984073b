import QRCode from 'qrcode';
import { describe, expect, test } from 'vitest';
import { qrPng, qrSvg } from './picture.ts';
import { qrPath } from './qr-path.ts';

const TEXT = 'https://pay.example.com/q/qr_01jd8k3f6v9w2x';

describe('a code as a picture', () => {
  test.each(['medium', 'quartile', 'high'] as const)(
    '%s: the path has every dark module once, and four light ones around',
    (correction) => {
      const { d, side } = qrPath(TEXT, correction);
      const { modules } = QRCode.create(TEXT, { errorCorrectionLevel: correction });
      expect(side).toBe(modules.size + 8);
      const drawn = new Set<string>();
      for (const [, x, y, length] of d.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
        for (let step = 0; step < Number(length); step++) drawn.add(`${Number(y) - 4} ${Number(x) - 4 + step}`);
      const dark: string[] = [];
      for (let row = 0; row < modules.size; row++)
        for (let column = 0; column < modules.size; column++)
          if (modules.get(row, column)) dark.push(`${row} ${column}`);
      expect([...drawn].sort()).toEqual(dark.sort());
    },
  );

  test('paper takes a code that survives more wear', () => {
    expect(qrPath(TEXT, 'quartile').side).toBeGreaterThanOrEqual(qrPath(TEXT, 'medium').side);
  });

  test('an SVG is dark on white and says nothing but paths', () => {
    const svg = qrSvg('<script>alert(1)</script>', 'medium');
    expect(svg).toMatch(
      /^<svg [^>]*viewBox="0 0 \d+ \d+"[^>]*><path fill="#fff"[^>]*\/><path fill="#000"[^>]*\/><\/svg>$/,
    );
    expect(svg).not.toContain('script');
  });

  test('a PNG has its quiet zone and its modules in whole pixels', async () => {
    const png = await qrPng(TEXT, 'medium', 8);
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(qrPath(TEXT, 'medium').side * 8);
    expect(png.readUInt32BE(16)).toBe(png.readUInt32BE(20));
  });

  test('a text of no known size is no code', () => {
    expect(() => qrPath('', 'medium')).toThrow('known size');
    expect(() => qrPath('x'.repeat(1025), 'medium')).toThrow('known size');
  });
});
