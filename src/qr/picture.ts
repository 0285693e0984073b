import QRCode from 'qrcode';
import { assert } from '../base/assert.ts';
import { QR_TEXT_BYTES_MAX } from '../base/limits.ts';

/**
 * How much of a code may be covered or worn and still be read: medium 15 %, quartile 25 %, high 30 %. Screens take
 * medium, paper quartile.
 */
export type ErrorCorrection = 'medium' | 'quartile' | 'high';

/** ISO/IEC 18004: four light modules around the code on every side. */
const QUIET_MODULES = 4;

/** A code as squares: `size` modules a side, without the quiet zone. */
interface Modules {
  size: number;
  isDark: (row: number, column: number) => boolean;
}

/** The dark modules as one SVG path in units of a module, and the side of the whole with its quiet zone. */
export function qrPath(text: string, correction: ErrorCorrection): { d: string; side: number } {
  const { size, isDark } = modulesOf(text, correction);
  const runs: string[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (!isDark(row, column)) continue;
      const start = column;
      while (column + 1 < size && isDark(row, column + 1)) column++;
      runs.push(`M${start + QUIET_MODULES} ${row + QUIET_MODULES}h${column - start + 1}v1h-${column - start + 1}z`);
    }
  }
  return { d: runs.join(''), side: size + 2 * QUIET_MODULES };
}

/** A whole SVG of a code, dark on white, with no text of ours in it. */
export function qrSvg(text: string, correction: ErrorCorrection): string {
  const { d, side } = qrPath(text, correction);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${d}"/></svg>`
  );
}

/** A PNG of a code; a module is `modulePx` pixels wide. */
export function qrPng(text: string, correction: ErrorCorrection, modulePx: number): Promise<Buffer> {
  checkText(text);
  return QRCode.toBuffer(text, {
    type: 'png',
    errorCorrectionLevel: correction,
    margin: QUIET_MODULES,
    scale: modulePx,
  });
}

/** A code in the letters of a terminal; with colours it is dark on white whatever the terminal's own are. */
export function qrTerminal(text: string, hasColour: boolean): Promise<string> {
  checkText(text);
  return hasColour
    ? QRCode.toString(text, { type: 'terminal', small: true, errorCorrectionLevel: 'medium' })
    : QRCode.toString(text, { type: 'utf8', errorCorrectionLevel: 'medium' });
}

function modulesOf(text: string, correction: ErrorCorrection): Modules {
  checkText(text);
  const { modules } = QRCode.create(text, { errorCorrectionLevel: correction });
  return { size: modules.size, isDark: (row, column) => modules.get(row, column) === 1 };
}

function checkText(text: string): void {
  const bytes = Buffer.byteLength(text);
  assert(bytes > 0 && bytes <= QR_TEXT_BYTES_MAX, 'a code holds a text of known size');
}
