import { USER_AGENT_CHARS_MAX } from '../../base/limits.ts';
import type { AppName, AppRow } from './app-row.ts';
import { APPS, BROWSER_ROW } from './apps.ts';

/** `harmony` is HarmonyOS 5 and later; earlier ones run Android's apps and are told as `android`. */
export type Os = 'ios' | 'android' | 'harmony' | 'windows' | 'mac' | 'linux' | 'other';

/** Where the buyer is, as far as the browser says: a hint for choosing what to offer, never a proof of anything. */
export interface DetectedApp {
  app: AppName;
  os: Os;
  /** A phone or a tablet: wallets' apps run on it, and its own screen cannot be scanned by it. */
  isPhone: boolean;
  /** A page inside a mini program: no menu of the app around it, and no payment by the wallet's script bridge. */
  isMiniProgram: boolean;
  /** `UnionPay/<version> <id>` as it stands in the user agent: what UnionPay wants to hear as appUpIdentifier. */
  unionpayApp: string | null;
  version: string | null;
}

/** Reads a browser's User-Agent. Any text gives an answer; what lies past the limit is not read. */
export function detectApp(userAgent: string): DetectedApp {
  const text = userAgent.slice(0, USER_AGENT_CHARS_MAX);
  const os = osOf(text);
  const row = APPS.find((candidate) => candidate.mark.test(text)) ?? (isIosWebView(text) ? OTHER_APP : BROWSER_ROW);
  return {
    app: row.app,
    os,
    isPhone: isPhone(text, os),
    isMiniProgram: /miniProgram/i.test(text),
    // UnionPay, QR in wallets, user agent: an id is letters and digits; PSBC/newPsbc is told as PSBC.
    unionpayApp: /UnionPay\/[0-9.]{1,8} [A-Za-z0-9]{1,64}/.exec(text)?.[0] ?? null,
    version: versionOf(row, text),
  };
}

const OTHER_APP = APPS.find((row) => row.app === 'other_app') ?? BROWSER_ROW;

/** iPhones put Safari/ into every browser's user agent and leave it out in a bare web view. */
function isIosWebView(text: string): boolean {
  return /\((?:iPhone|iPad|iPod)/.test(text) && !/Safari\//.test(text);
}

/** Windows phones claimed to be Android and iPhone; HarmonyOS comes with and without Android in its text. */
function osOf(text: string): Os {
  if (/Windows Phone/.test(text)) return 'windows';
  if (/OpenHarmony|ArkWeb\/|\b(?:Phone|Tablet|PC); ?HarmonyOS/.test(text)) return 'harmony';
  if (/iPhone|iPad|iPod/.test(text)) return 'ios';
  if (/Android|\bAdr \d/i.test(text)) return 'android';
  if (/Windows NT/.test(text)) return 'windows';
  if (/Macintosh|Mac OS X/.test(text)) return 'mac';
  if (/Linux|X11|CrOS/.test(text)) return 'linux';
  return 'other';
}

function isPhone(text: string, os: Os): boolean {
  if (/WindowsWechat|MacWechat/.test(text)) return false;
  switch (os) {
    case 'ios':
      return true;
    case 'android':
      return !/\bTV\b|SmartTV|AFT[A-Z]\b/i.test(text);
    case 'harmony':
      return !/\((?:PC|2in1); ?/i.test(text);
    case 'windows':
      return /Windows Phone/.test(text);
    case 'mac':
    case 'linux':
      return false;
    case 'other':
      return /\bMobile\b/.test(text);
  }
  return os satisfies never;
}

function versionOf(row: AppRow, text: string): string | null {
  const match = row.version?.exec(text);
  return match?.[1] ?? match?.[2] ?? null;
}
