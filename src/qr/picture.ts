import QRCode from 'qrcode';
import { checkQrText, type ErrorCorrection, QUIET_MODULES, qrPath } from './qr-path.ts';

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
  checkQrText(text);
  return QRCode.toBuffer(text, {
    type: 'png',
    errorCorrectionLevel: correction,
    margin: QUIET_MODULES,
    scale: modulePx,
  });
}

/** A code in the letters of a terminal; with colours it is dark on white whatever the terminal's own are. */
export function qrTerminal(text: string, hasColour: boolean): Promise<string> {
  checkQrText(text);
  return hasColour
    ? QRCode.toString(text, { type: 'terminal', small: true, errorCorrectionLevel: 'medium' })
    : QRCode.toString(text, { type: 'utf8', errorCorrectionLevel: 'medium' });
}
