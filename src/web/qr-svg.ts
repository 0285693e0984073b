import { html, type Html } from '../base/html.ts';
import { qrPath } from '../qr/qr-path.ts';

/** A text as a QR code inside the page; `alt` says what it is for. Dark on white in every colour scheme, or scanners fail. */
export function renderQrSvg(text: string, alt: string): Html {
  const { d, side } = qrPath(text, 'medium');
  return html`<svg class="qr" viewBox="0 0 ${side} ${side}" role="img" aria-label="${alt}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path fill="#000" d="${d}"/></svg>`;
}
