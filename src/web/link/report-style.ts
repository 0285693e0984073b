import { join } from 'node:path';
import { rawHtml, type Html } from '../../base/html.ts';
import { readInlineStyle } from '../../base/read-style.ts';
import { rootDir } from '../../base/root.ts';

const { css, hash } = readInlineStyle(join(rootDir, 'src', 'web', 'assets', 'report.css'));

export const reportStyle: Html = rawHtml(`<style>${css}</style>`);

/** As strict as every page of ours: nothing is loaded, nothing runs, nobody frames it, the form goes to us. */
export const reportHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${hash}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'cache-control': 'no-store',
};
