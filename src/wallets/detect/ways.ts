import type { Scene, WalletName } from '../wallet.ts';
import type { AppRow, BrowserMenu } from './app-row.ts';
import { APPS, BROWSER_ROW } from './apps.ts';
import type { DetectedApp } from './detect-app.ts';

/**
 * One thing that the cashier can offer for a wallet.
 * scene: start a payment in that scene here. show_qr: show the wallet's code on this screen; `another_phone` says that
 * this screen is a phone's own. open_in_browser: ask the buyer to leave the app by its menu. copy_link: this page's
 * address as text and as a code, to be opened in a browser, or in the wallet where it can be paid nowhere else.
 */
export type Way =
  | { kind: 'scene'; scene: Scene }
  | { kind: 'show_qr'; scanBy: 'phone' | 'another_phone' }
  | { kind: 'open_in_browser'; menu: Exclude<BrowserMenu, 'none'> }
  | { kind: 'copy_link'; openIn: 'browser' | 'wallet' };

/** Scenes that a web page can start: `app` needs the merchant's app, `code` the merchant's till. */
const PAGE_SCENES: readonly Scene[] = ['web', 'wap', 'qr', 'jsapi'];

/**
 * What to offer for `wallet` where the buyer is, best first; when one fails, the next is tried. The last entry needs
 * nothing of the app around the page. Empty exactly where the account has no scene that a page can start: then the
 * wallet is not shown. `apps` is the table to go by, for installations that know better than ours.
 */
export function waysToPay(
  where: DetectedApp,
  wallet: WalletName,
  scenes: readonly Scene[],
  apps: readonly AppRow[] = APPS,
): Way[] {
  if (!scenes.some((scene) => PAGE_SCENES.includes(scene))) return [];
  const row = apps.find((candidate) => candidate.app === where.app) ?? BROWSER_ROW;
  const place: Place = { where, row, scenes, isHome: homesOf(where, row).includes(wallet), wallet };
  return WAY_RULES.flatMap((rule) => rule.way(place) ?? []);
}

/**
 * The wallets whose own browser this is, best first: one code for all opens the first that the shop has. A member of
 * UnionPay's network is UnionPay's home before it is its own wallet's. None in a mini program: its pages cannot pay.
 */
export function homeWallets(where: DetectedApp): WalletName[] {
  return homesOf(where, APPS.find((row) => row.app === where.app) ?? BROWSER_ROW);
}

/** The wallet whose own browser this is, or null. */
export function homeWallet(where: DetectedApp): WalletName | null {
  return homeWallets(where)[0] ?? null;
}

interface Place {
  where: DetectedApp;
  row: AppRow;
  wallet: WalletName;
  scenes: readonly Scene[];
  isHome: boolean;
}

/** Read from the top: each rule adds at most one way, and says why it stands where it stands. */
const WAY_RULES: readonly { because: string; way(place: Place): Way | null }[] = [
  {
    because: 'In the wallet’s own browser its script bridge is one tap.',
    way: ({ isHome, scenes }) => (isHome && scenes.includes('jsapi') ? { kind: 'scene', scene: 'jsapi' } : null),
  },
  {
    because: 'On a phone the wallet’s page opens its app, where this app lets it.',
    way: (place) => (place.where.isPhone && isPageOpen(place) ? phonePage(place.scenes) : null),
  },
  {
    because: 'On a desktop the wallet’s page for large screens needs no second device.',
    way: (place) =>
      !place.where.isPhone && isPageOpen(place) && place.scenes.includes('web')
        ? { kind: 'scene', scene: 'web' }
        : null,
  },
  {
    because: 'On a desktop the phone is at hand: it scans the screen.',
    way: ({ where, scenes }) => (!where.isPhone && scenes.includes('qr') ? { kind: 'show_qr', scanBy: 'phone' } : null),
  },
  {
    because: 'An app that stops the wallet can be left by its menu; a mini program has no such menu.',
    way: ({ where, row, scenes }) =>
      where.isPhone && !where.isMiniProgram && row.browserMenu !== 'none' && isBrowserEnough(scenes)
        ? { kind: 'open_in_browser', menu: row.browserMenu }
        : null,
  },
  {
    because: 'A phone cannot scan its own screen, but another phone can.',
    way: ({ where, scenes }) =>
      where.isPhone && scenes.includes('qr') ? { kind: 'show_qr', scanBy: 'another_phone' } : null,
  },
  {
    because: 'An address can be carried anywhere by hand.',
    way: ({ scenes }) => ({ kind: 'copy_link', openIn: isBrowserEnough(scenes) ? 'browser' : 'wallet' }),
  },
];

/** A mini program's page opens only hosts that its owner has listed: no wallet's page. */
function isPageOpen({ where, row, wallet }: Place): boolean {
  return !row.blocked.includes(wallet) && !where.isMiniProgram;
}

/** A page made for large screens still works on a phone where the wallet has no other. */
function phonePage(scenes: readonly Scene[]): Way | null {
  if (scenes.includes('wap')) return { kind: 'scene', scene: 'wap' };
  return scenes.includes('web') ? { kind: 'scene', scene: 'web' } : null;
}

/** False where only `jsapi` is left: a browser could not pay, the wallet's own must open the address. */
function isBrowserEnough(scenes: readonly Scene[]): boolean {
  return scenes.some((scene) => scene === 'web' || scene === 'wap' || scene === 'qr');
}

function homesOf(where: DetectedApp, row: AppRow): WalletName[] {
  if (where.isMiniProgram) return [];
  const network: WalletName[] = where.unionpayApp === null ? [] : ['unionpay'];
  return [...new Set([...network, ...row.home])];
}
