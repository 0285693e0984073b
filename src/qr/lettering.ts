import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { create } from 'fontkit';
import { assert } from '../base/assert.ts';
import { GLYPHS_KEPT_MAX } from '../base/limits.ts';
import { rootDir } from '../base/root.ts';

/** Text as outlines, in thousandths of the letter size, the y axis upwards, the base line at zero. */
export interface Lettering {
  d: string;
  width: number;
}

/** `regular` for small print, `bold` for names and headings. */
export type Weight = 'regular' | 'bold';

const AXIS: Record<Weight, number> = { regular: 400, bold: 700 };

/**
 * Draws text with the outlines of Noto Sans SC, so that paper and screen show the same on every machine, with or without
 * Chinese fonts. The font comes in slices by character; only the slices that the text needs are read. A character that
 * the font does not have is drawn as 〓, the printers' sign for a missing letter. Unpacking a slice takes some 30 ms of the
 * processor: others are let in between two.
 */
export async function letter(text: string, weight: Weight): Promise<Lettering> {
  const fonts = new Map<string, VariableFont>();
  const parts: string[] = [];
  let width = 0;
  for (const character of text) {
    const glyph = (await glyphOf(character, weight, fonts)) ?? (await glyphOf('〓', weight, fonts));
    if (glyph === null) continue;
    if (glyph.commands.length > 0) parts.push(placed(glyph.commands, width));
    width += glyph.advance;
  }
  return { d: parts.join(''), width };
}

interface Glyph {
  commands: readonly PathCommand[];
  advance: number;
}

interface PathCommand {
  command: string;
  args: readonly number[];
}

/**
 * One glyph's outline moved to `x`. Its quadratic curves become the cubic ones that are the same curve: PDF has no
 * quadratic ones, and what pdfkit writes for them is another curve.
 */
function placed(commands: readonly PathCommand[], x: number): string {
  let [fromX, fromY] = [0, 0];
  const text = commands.map(({ command, args: [a = 0, b = 0, c = 0, d = 0] }) => {
    const start = [fromX, fromY] as const;
    switch (command) {
      case 'moveTo':
        [fromX, fromY] = [a, b];
        return `M${at(x + a, b)}`;
      case 'lineTo':
        [fromX, fromY] = [a, b];
        return `L${at(x + a, b)}`;
      case 'quadraticCurveTo':
        [fromX, fromY] = [c, d];
        return `C${at(x + toCubic(start[0], a), toCubic(start[1], b), x + toCubic(c, a), toCubic(d, b), x + c, d)}`;
      default:
        assert(command === 'closePath', 'the font’s outlines are lines and quadratic curves');
        return 'Z';
    }
  });
  return text.join('');
}

/** A cubic control point lies two thirds of the way from the end to the quadratic one. */
function toCubic(end: number, control: number): number {
  return end + ((control - end) * 2) / 3;
}

function at(...numbers: readonly number[]): string {
  return numbers.map((value) => Math.round(value * 10) / 10).join(' ');
}

/** Outlines by weight and character, since a shop's posters share most of their letters. */
const kept = new Map<string, Glyph>();

async function glyphOf(character: string, weight: Weight, fonts: Map<string, VariableFont>): Promise<Glyph | null> {
  const key = `${weight} ${character}`;
  const known = kept.get(key);
  if (known) return known;
  const point = character.codePointAt(0) ?? 0;
  for (const file of await slicesOf(point)) {
    const font = fonts.get(file) ?? (await openSlice(file, weight));
    fonts.set(file, font);
    if (!font.hasGlyphForCodePoint(point)) continue;
    const glyph = drawGlyph(font, point);
    if (kept.size >= GLYPHS_KEPT_MAX) kept.clear();
    kept.set(key, glyph);
    return glyph;
  }
  return null;
}

/**
 * fontkit 2.0.4 applies a variable font's weight to every format but WOFF2, whose outlines it unpacks on a path of their
 * own and leaves at the font's thinnest. So the font's own table of differences is applied to the unpacked points, by
 * fontkit's own reader of that table, before the outline is made of them. A test compares the result with the weights.
 */
function drawGlyph(font: VariableFont, point: number): Glyph {
  const glyph = font.glyphForCodePoint(point);
  const unpacked = glyph._decode();
  if (unpacked?.points && unpacked.points.length > 0) {
    assert(unpacked.numberOfContours >= 0, 'the font has no composed glyphs');
    const corner: GlyphPoint = { x: 0, y: 0, onCurve: false, endContour: true, copy: () => ({ ...corner }) };
    const phantoms = [0, 1, 2, 3].map(() => corner.copy());
    font._variationProcessor.transformPoints(glyph.id, [...unpacked.points, ...phantoms]);
  }
  return { commands: glyph.path.commands, advance: glyph.advanceWidth };
}

/** What we use of fontkit's fonts beyond its published types. */
interface VariableFont {
  unitsPerEm: number;
  variationCoords: readonly number[];
  /** Reading it unpacks the outlines. */
  glyf: unknown;
  _variationProcessor: { transformPoints(glyphId: number, points: GlyphPoint[]): void };
  hasGlyphForCodePoint(point: number): boolean;
  glyphForCodePoint(point: number): {
    id: number;
    advanceWidth: number;
    path: { commands: PathCommand[] };
    _decode(): { numberOfContours: number; points?: GlyphPoint[] } | undefined;
  };
}

interface GlyphPoint {
  x: number;
  y: number;
  onCurve: boolean;
  endContour: boolean;
  copy(): GlyphPoint;
}

async function openSlice(file: string, weight: Weight): Promise<VariableFont> {
  const bytes = await readFile(join(fontDir, 'files', file));
  await setImmediate();
  const font = create(bytes) as unknown as VariableFont; // fontkit's types leave these members out
  assert(font.unitsPerEm === 1000, 'a letter is a thousand units high');
  font.variationCoords = [AXIS[weight]];
  assert(font.glyf !== null && font._variationProcessor !== null, 'the font is variable');
  return font;
}

const fontDir = dirname(
  createRequire(join(rootDir, 'package.json')).resolve('@fontsource-variable/noto-sans-sc/package.json'),
);

interface Slice {
  file: string;
  ranges: readonly (readonly [from: number, to: number])[];
}

/** The package's own list: which slice holds which characters. `[4]` is slice 4, `latin` the Latin one. */
let slices: Promise<readonly Slice[]> | null = null;

async function readSlices(): Promise<readonly Slice[]> {
  const list: Record<string, string> = JSON.parse(await readFile(join(fontDir, 'unicode.json'), 'utf8')); // the pinned package's own
  return Object.entries(list).map(([name, text]) => ({
    file: `noto-sans-sc-${name.replace(/[[\]]/g, '')}-wght-normal.woff2`,
    ranges: text.split(',').map((range) => {
      const [from = '', to = from] = range.replace('U+', '').split('-');
      return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const;
    }),
  }));
}

async function slicesOf(point: number): Promise<string[]> {
  slices ??= readSlices();
  return (await slices)
    .filter(({ ranges }) => ranges.some(([from, to]) => point >= from && point <= to))
    .map(({ file }) => file);
}
