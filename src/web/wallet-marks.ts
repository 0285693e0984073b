import { rawHtml, type Html } from '../base/html.ts';
import { walletColour } from '../wallets/wallet-names.ts';

/**
 * Marks of our own drawing by wallet name, shapes on a square of 40, in the colour that people know each wallet by, without
 * copying a logo. A wallet without a row gets the plain purse. Decoration beside the wallet's name, hence hidden from screen
 * readers.
 */
const MARKS: Record<string, string> = {
  wechatpay: `<path fill="#fff" d="M20 9.5c-6.6 0-12 4.3-12 9.7 0 3.1 1.8 5.9 4.6 7.6l-1 3.7 4.3-2.2c1.3.4 2.7.6 4.1.6 6.6 0 12-4.3 12-9.7S26.6 9.5 20 9.5z"/><path fill="none" stroke="#07a653" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round" d="M14.5 19.5l4 4 7.5-8.3"/>`,
  alipay: `<g fill="none" stroke="#fff" stroke-width="2.7" stroke-linecap="round" stroke-linejoin="round"><path d="M9.5 13.5h21M20 8.5v9.5M12.5 18h15c-1.5 5-6.5 10.5-16 13.5M14.5 21.5c3 4.5 8 8 15 9.5"/></g>`,
  unionpay: `<path fill="#fff" d="M13.2 28.5a6.2 6.2 0 0 1-.9-12.3 8.2 8.2 0 0 1 15.6-1.4 6.9 6.9 0 0 1-.6 13.7z"/><path fill="#d7262e" d="M22.3 12.6l-7.3 9h4.3l-2.1 8 8.3-10.2h-4.4l2.6-6.8z"/>`,
  jdpay: `<g fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"><path d="M16.5 12v11.5a4.5 4.5 0 0 1-8 2.8M22 12v16h2.5a7.5 8 0 0 0 0-16z"/></g>`,
  hutongwallet: `<g fill="none" stroke="#fff" stroke-width="2.8" stroke-linejoin="round"><path d="M9 19l11-9 11 9v11H9z"/><path d="M15.5 30v-8.5h9V30"/></g>`,
  meituanpay: `<g fill="#231f20" stroke="#231f20" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M10.5 15.5l1.2-6.2 5.6 3.2zM29.5 15.5l-1.2-6.2-5.6 3.2z"/><path fill="none" stroke-width="3" d="M10.5 23.5c3.2 8.2 15.8 8.2 19 0"/></g><circle cx="15" cy="20" r="1.9" fill="#231f20"/><circle cx="25" cy="20" r="1.9" fill="#231f20"/>`,
};

const PURSE = `<path fill="none" stroke="#fff" stroke-width="2.4" stroke-linejoin="round" d="M10 15.5h18.5a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-16.5a2 2 0 0 1-2-2zm0 0a2.5 2.5 0 0 1 2-2.5l13-2.5v5"/><circle cx="26" cy="22" r="1.8" fill="#fff"/>`;

export function walletMark(wallet: string): Html {
  return rawHtml(
    `<svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><rect width="40" height="40" rx="10" fill="${walletColour(wallet)}"/>${markOf(wallet)}</svg>`,
  );
}

function markOf(wallet: string): string {
  return Object.hasOwn(MARKS, wallet) ? (MARKS[wallet] ?? PURSE) : PURSE;
}
