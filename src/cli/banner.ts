import { relative } from 'node:path';
import type { Settings } from './settings.ts';
import type { CliDeps } from './command.ts';
import { padEnd, widthOf } from './print.ts';
import { createStyle } from './style.ts';

/** Where everything is, once it runs. */
export interface Addresses {
  url: string;
  /** For people: which database. */
  database: string;
  pid: number;
  /** Hutong Wallet's app, where a bank is set. */
  app_url?: string;
  /** The sandbox only. */
  /** The pretend banks' pages, and the pretend phone. */
  bank_url?: string;
  phone_url?: string;
  wallet_urls?: Readonly<Record<string, string>>;
  shop_url?: string;
  /** The demo shop's printed code. */
  qr_url?: string;
  demo_file?: string;
}

/** What a person sees when everything is up: what to open first, what else there is, how to stop. */
export function banner(
  { terminal, version }: Pick<CliDeps, 'terminal' | 'version'>,
  settings: Pick<Settings, 'mode' | 'dataDir'>,
  addresses: Addresses,
): string[] {
  const style = createStyle(terminal.hasColour);
  const { url, shop_url: shopUrl, wallet_urls: walletUrls, qr_url: qrUrl, demo_file: file } = addresses;
  const rows: [what: string, where: string][] = [];
  if (shopUrl !== undefined) rows.push(['演示商店 Demo shop', `${style.strong(shopUrl)}   ← 先打开它 open this first`]);
  if (addresses.app_url !== undefined) rows.push(['互通钱包 Hutong Wallet', style.strong(addresses.app_url)]);
  if (addresses.phone_url !== undefined)
    rows.push(['手机短信 Pretend phone', `${addresses.phone_url}   (codes arrive here)`]);
  if (addresses.bank_url !== undefined)
    rows.push(['模拟银行 Pretend banks', `${addresses.bank_url}   (people and cards to try with)`]);
  rows.push(['运营后台 Console', `${url}/console   (a link to get in: npx hutong console link)`]);
  rows.push(['接口文档 API docs', `${url}/docs`], ['健康检查 Health', `${url}/healthz`]);
  if (qrUrl !== undefined) rows.push(['收款码 One QR for all', `${qrUrl}   (poster: /poster.pdf)`]);
  if (walletUrls !== undefined)
    for (const [name, walletUrl] of Object.entries(walletUrls))
      rows.push([`模拟器 Pretend ${name}`, `${walletUrl}/sandbox/orders   (its books)`]);
  if (file !== undefined) rows.push(['测试密钥 Test API key', `${shortPath(file)}   (api_key)`]);
  rows.push(['数据库 Database', addresses.database], ['数据目录 Data folder', shortPath(settings.dataDir)]);
  const width = Math.max(...rows.map(([what]) => widthOf(what)));
  const mode = settings.mode === 'live' ? '正式 live' : '沙箱 sandbox: no real money';
  return [
    '',
    `  ${style.strong(`互通 Hutong ${version}`)} · ${mode}`,
    '',
    ...rows.map(([what, where]) => `  ${style.faint(padEnd(what, width))}  ${where}`),
    '',
    `  ${style.faint('停止 Stop')}: Ctrl-C`,
    '',
  ];
}

/** As it is seen from where the person stands, when that is shorter. */
function shortPath(path: string): string {
  const fromHere = relative('.', path) || '.';
  return fromHere.length < path.length ? fromHere : path;
}
