import { rawHtml, type Html } from '../../base/html.ts';

/** The goods, drawn by us on a 240 x 240 field; decoration beside their names. */
const DRAWINGS = {
  tea: `<rect width="240" height="240" fill="#dfe9d3"/><ellipse cx="120" cy="205" rx="78" ry="10" fill="#c3d2b2"/><rect x="72" y="66" width="96" height="138" rx="10" fill="#4f7a4b"/><rect x="66" y="48" width="108" height="30" rx="8" fill="#3c6039"/><rect x="86" y="100" width="68" height="78" rx="4" fill="#f7f1e1"/><path d="M120 112c-16 10-20 26-12 40 12-6 18-22 12-40zM122 122c14 6 20 18 14 32-11-4-17-17-14-32z" fill="#6d9c5d"/><path d="M104 166h32" stroke="#b5452c" stroke-width="5" stroke-linecap="round"/>`,
  cup: `<rect width="240" height="240" fill="#dbe6f1"/><ellipse cx="120" cy="202" rx="84" ry="11" fill="#bfd0e2"/><path d="M56 186h128c-8 14-34 18-64 18s-56-4-64-18z" fill="#fff"/><path d="M70 100h100c0 48-18 84-50 84s-50-36-50-84z" fill="#fdfdfb"/><path d="M62 96c4-22 30-34 58-34s54 12 58 34z" fill="#fdfdfb"/><path d="M108 62a12 9 0 0 1 24 0z" fill="#2d5f9e"/><path d="M62 96h116" stroke="#2d5f9e" stroke-width="5"/><path d="M84 124c10-12 18 10 28-2s18 10 28-2 12 8 18 2" fill="none" stroke="#2d5f9e" stroke-width="5" stroke-linecap="round"/><circle cx="120" cy="150" r="11" fill="none" stroke="#2d5f9e" stroke-width="4"/><circle cx="120" cy="150" r="3.5" fill="#2d5f9e"/><path d="M64 190h112" stroke="#2d5f9e" stroke-width="3.5"/>`,
  noodles: `<rect width="240" height="240" fill="#f7e3cb"/><ellipse cx="120" cy="206" rx="82" ry="10" fill="#e6cba8"/><path d="M146 30l-22 96M168 36l-34 92" stroke="#8a5a33" stroke-width="7" stroke-linecap="round"/><path d="M44 118h152c0 50-30 84-76 84s-76-34-76-84z" fill="#b5452c"/><ellipse cx="120" cy="118" rx="76" ry="24" fill="#8f3420"/><ellipse cx="120" cy="119" rx="66" ry="18" fill="#f0cf86"/><path d="M62 118c16-14 30 12 46-2s30 12 46-2 18 6 24 2M70 126c16-10 28 8 42 0s28 8 44-2" fill="none" stroke="#d9a94f" stroke-width="5" stroke-linecap="round"/><ellipse cx="112" cy="112" rx="26" ry="9" fill="#5c2b18"/><path d="M136 108l22 6M138 116l18 6" stroke="#6d9c5d" stroke-width="6" stroke-linecap="round"/><path d="M66 150c16 20 30 30 54 32" fill="none" stroke="#d6775d" stroke-width="5" stroke-linecap="round"/>`,
  umbrella: `<rect width="240" height="240" fill="#f3dcd7"/><path d="M120 60v136a14 14 0 0 0 28 0" fill="none" stroke="#8a5a33" stroke-width="7" stroke-linecap="round"/><path d="M26 128c6-50 46-82 94-82s88 32 94 82c-16-10-32-10-47 0-15-10-32-10-47 0-15-10-32-10-47 0-15-10-31-10-47 0z" fill="#c2452f"/><path d="M120 46c-20 22-34 48-47 82 15-10 32-10 47 0z" fill="#d96a50"/><path d="M120 46c20 22 34 48 47 82-15-10-32-10-47 0z" fill="#b03a27"/><path d="M120 34v12" stroke="#8a5a33" stroke-width="7" stroke-linecap="round"/><g fill="#f9e8df"><circle cx="56" cy="98" r="6"/><circle cx="66" cy="88" r="5"/><circle cx="178" cy="92" r="6"/><circle cx="188" cy="103" r="5"/></g><path d="M58 98c14 6 20 4 30-2M180 94c-12 8-20 8-28 2" fill="none" stroke="#f9e8df" stroke-width="3" stroke-linecap="round"/>`,
  haws: `<rect width="240" height="240" fill="#fbe9d2"/><path d="M60 208L186 40" stroke="#b98a52" stroke-width="8" stroke-linecap="round"/><g fill="#cf3a2b"><circle cx="90" cy="168" r="25"/><circle cx="115" cy="135" r="25"/><circle cx="140" cy="101" r="25"/><circle cx="165" cy="68" r="25"/></g><g fill="none" stroke="#ffd9c9" stroke-width="5" stroke-linecap="round"><path d="M76 162a15 15 0 0 1 10-12M101 129a15 15 0 0 1 10-12M126 95a15 15 0 0 1 10-12M151 62a15 15 0 0 1 10-12"/></g><g fill="#f6c7a4"><circle cx="98" cy="178" r="3"/><circle cx="122" cy="146" r="3"/><circle cx="149" cy="111" r="3"/><circle cx="173" cy="78" r="3"/></g>`,
  bookmark: `<rect width="240" height="240" fill="#e6e0ef"/><path d="M84 42h72a8 8 0 0 1 8 8v140l-44-22-44 22V50a8 8 0 0 1 8-8z" fill="#fbf7ec"/><path d="M90 56h60v112l-30-15-30 15z" fill="none" stroke="#b5452c" stroke-width="3"/><path d="M96 122l24-30 24 30M104 122v18h32v-18M114 140v-12h12v12" fill="none" stroke="#5b4a7a" stroke-width="5" stroke-linejoin="round" stroke-linecap="round"/><path d="M92 122h56" stroke="#5b4a7a" stroke-width="5" stroke-linecap="round"/><circle cx="120" cy="68" r="5" fill="#e6e0ef"/><path d="M120 66c0-24 20-34 40-30" fill="none" stroke="#b5452c" stroke-width="4" stroke-linecap="round"/><path d="M160 30l14 4-4 20-14-4z" fill="#b5452c"/>`,
} as const;

export type Drawing = keyof typeof DRAWINGS;

export function drawing(name: Drawing): Html {
  return rawHtml(
    `<svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">${DRAWINGS[name]}</svg>`,
  );
}

/** The same as a file of its own. */
export function drawingFile(name: Drawing): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="240" viewBox="0 0 240 240">${DRAWINGS[name]}</svg>`;
}

/** The shop's own mark: a roof and a gate. */
export const shopMark: Html = rawHtml(
  '<svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><path d="M3 17C11 16 16 12 20 6c4 6 9 10 17 11l-2 4H5z" fill="#b5452c"/><path d="M9 23h22v12h-7v-8h-8v8H9z" fill="#4a2a1c"/></svg>',
);
