import QRCode from 'qrcode';
import { html, type Html } from '../base/html.ts';

/** Modules of white around the code: ISO/IEC 18004 wants four. */
const QUIET_MODULES = 4;

/** A text as a QR code inside the page; `alt` says what it is for. Dark on white in every colour scheme, or scanners fail. */
export function renderQrSvg(text: string, alt: string): Html {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const side = size + 2 * QUIET_MODULES;
  return html`<svg class="qr" viewBox="0 0 ${side} ${side}" role="img" aria-label="${alt}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path fill="#000" d="${darkRuns(data, size)}"/></svg>`;
}

/** Each run of dark modules in a row as one rectangle. */
function darkRuns(data: Uint8Array, size: number): string {
  let path = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (data[y * size + x] !== 1) continue;
      const start = x;
      while (x < size && data[y * size + x] === 1) x += 1;
      path += `M${start + QUIET_MODULES} ${y + QUIET_MODULES}h${x - start}v1H${start + QUIET_MODULES}z`;
    }
  }
  return path;
}
