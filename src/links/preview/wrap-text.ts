import { letter, type Lettering, type Weight } from '../../qr/lettering.ts';

/** One line of drawn text, with its width in pixels. */
export interface DrawnLine {
  lettering: Lettering;
  widthPx: number;
}

export interface TextBox {
  widthPx: number;
  linesMax: number;
  sizePx: number;
  weight: Weight;
}

/**
 * Text in lines that fit a box: Chinese breaks anywhere but before a closing sign and after an opening one, Latin between words, a word that is
 * wider than the box wherever it must. What does not fit ends in an ellipsis. Signs that the font does not draw (emoji) are left out.
 */
export async function wrapText(text: string, box: TextBox): Promise<DrawnLine[]> {
  const { weight, sizePx, linesMax } = box;
  const clean = Array.from(cleanText(text)).slice(0, CHARS_MAX).join('');
  const widthOf = await measure(`${clean}…`, weight, sizePx);
  const lines: string[] = [];
  let line = '';
  for (const unit of splitWide(unitsOf(clean), box.widthPx, widthOf)) {
    const grown = line === '' ? unit.trimStart() : line + unit;
    if (line === '' || widthOf(grown.trimEnd()) <= box.widthPx) line = grown;
    else if (lines.length + 1 < linesMax) {
      lines.push(line.trimEnd());
      line = unit.trimStart();
    } else {
      line = shorten(line.trimEnd(), box.widthPx, widthOf);
      break;
    }
  }
  if (line.trimEnd() !== '') lines.push(line.trimEnd());
  return await Promise.all(
    lines.map(async (shown) => ({ lettering: await letter(shown, weight), widthPx: widthOf(shown) })),
  );
}

/** More than fits on any card. */
const CHARS_MAX = 200;

type WidthOf = (part: string) => number;

/** Letters stand side by side without kerning, so a text is as wide as its letters together. */
async function measure(text: string, weight: Weight, sizePx: number): Promise<WidthOf> {
  await letter(text, weight); // reads each slice of the font once
  const widths = new Map<string, number>();
  for (const character of new Set(text)) widths.set(character, (await letter(character, weight)).width);
  return (part) => (Array.from(part).reduce((sum, one) => sum + (widths.get(one) ?? 0), 0) / 1000) * sizePx;
}

/** Emoji with what joins and colours them, and signs that are not seen. */
const UNDRAWN =
  /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\p{Variation_Selector}\p{C}]|\u20e3/gu;

function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(UNDRAWN, (sign) => (/^[©®™]$/u.test(sign) ? sign : ''))
    .replace(/ +/g, ' ')
    .trim();
}

/** GB/T 15834: a line begins with none of the closing signs and ends with none of the opening ones. */
const CLOSING = /^[\p{Pe}\p{Pf}、。，．：；！？…·%％‰℃~～”’,.:;!?]$/u;
const OPENING = /^[\p{Ps}\p{Pi}“‘￥¥$＄€£#＃]$/u;
/** Scripts that are written without blanks between words. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]$/u;

/** The pieces between which a line may end. */
function unitsOf(text: string): string[] {
  const units: string[] = [];
  let isOpen = false;
  for (const character of text) {
    const last = units.at(-1);
    const isJoined =
      last !== undefined &&
      (isOpen || CLOSING.test(character) || (!isBreakable(character) && !isBreakable(Array.from(last).at(-1) ?? '')));
    if (isJoined) units[units.length - 1] = last + character;
    else units.push(character);
    isOpen = OPENING.test(character);
  }
  return units;
}

function isBreakable(character: string): boolean {
  return character === ' ' || UNSPACED.test(character);
}

function splitWide(units: readonly string[], widthPx: number, widthOf: WidthOf): string[] {
  return units.flatMap((unit) => (widthOf(unit) > widthPx ? Array.from(unit) : [unit]));
}

function shorten(line: string, widthPx: number, widthOf: WidthOf): string {
  const characters = Array.from(line);
  while (characters.length > 0) {
    const shown = `${characters.join('').replace(/[\s\p{Po}\p{Pd}]+$/u, '')}…`;
    if (widthOf(shown) <= widthPx) return shown;
    characters.pop();
  }
  return '…';
}
