import QRCode from 'qrcode';
import { assert } from '../base/assert.ts';
import { QR_TEXT_BYTES_MAX } from '../base/limits.ts';

// Drawing only, without Buffer and files: pages draw codes in the browser by this as well.

/**
 * How much of a code may be covered or worn and still be read: medium 15 %, quartile 25 %, high 30 %. Screens take
 * medium, paper quartile.
 */
export type ErrorCorrection = 'medium' | 'quartile' | 'high';

/** ISO/IEC 18004: four light modules around the code on every side. */
export const QUIET_MODULES = 4;

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

/** Every code is checked before it is drawn. */
export function checkQrText(text: string): void {
  const bytes = new TextEncoder().encode(text).length;
  assert(bytes > 0 && bytes <= QR_TEXT_BYTES_MAX, 'a code holds a text of known size');
}

function modulesOf(text: string, correction: ErrorCorrection): Modules {
  checkQrText(text);
  const { modules } = QRCode.create(text, { errorCorrectionLevel: correction });
  return { size: modules.size, isDark: (row, column) => modules.get(row, column) === 1 };
}
