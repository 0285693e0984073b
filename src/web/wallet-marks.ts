import { rawHtml, type Html } from '../base/html.ts';

/**
 * Marks of our own drawing by wallet name, hinting at each wallet's colour without copying its logo. A wallet that has no
 * row yet gets the plain purse. Decoration beside the wallet's name, hence hidden from screen readers.
 */
const MARKS: Record<string, string> = {
  unionpay: `<svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><rect width="40" height="40" rx="10" fill="#d7262e"/><path fill="#fff" d="M13.2 28.5a6.2 6.2 0 0 1-.9-12.3 8.2 8.2 0 0 1 15.6-1.4 6.9 6.9 0 0 1-.6 13.7z"/><path fill="#d7262e" d="M22.3 12.6l-7.3 9h4.3l-2.1 8 8.3-10.2h-4.4l2.6-6.800z"/></svg>`,
};

const PURSE = `<svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><rect width="40" height="40" rx="10" fill="#5b6b82"/><path fill="none" stroke="#fff" stroke-width="2.4" stroke-linejoin="round" d="M10 15.5h18.5a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-16.5a2 2 0 0 1-2-2zm0 0a2.5 2.5 0 0 1 2-2.5l13-2.5v5"/><circle cx="26" cy="22" r="1.8" fill="#fff"/></svg>`;

export function walletMark(wallet: string): Html {
  return rawHtml(Object.hasOwn(MARKS, wallet) ? (MARKS[wallet] ?? PURSE) : PURSE);
}
