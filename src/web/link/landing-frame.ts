import { join } from 'node:path';
import { html, type Html, rawHtml } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { readInlineStyle } from '../../base/read-style.ts';
import { rootDir } from '../../base/root.ts';
import { assetPath } from '../assets.ts';
import { securityHeaders } from '../security-headers.ts';

/** Put into the page: a link is opened once, and one answer is all there is to wait for. */
const STYLE = readInlineStyle(join(rootDir, 'src', 'web', 'assets', 'link.css'));

/**
 * The headers of a link's page: those of every page, this one style, and no store, so that a stopped or expired link is gone at once.
 * @param scripts addresses of scripts besides our own: WeChat's, inside WeChat alone
 */
export function linkPageHeaders(scripts: readonly string[]): Record<string, string> {
  const headers = securityHeaders([]);
  const policy = (headers['content-security-policy'] ?? '')
    .replace("style-src 'self'", `style-src ${STYLE.hash}`)
    .replace("script-src 'self'", ["script-src 'self'", ...scripts].join(' '));
  return { ...headers, 'content-security-policy': policy };
}

export interface LinkPage {
  lang: Lang;
  title: string;
  /** What previews read; null where there is nothing to preview. */
  head: Html | null;
  /** What the page's own addresses begin with, `/l/abcd2345`; null where it has none. */
  base: string | null;
  body: Html;
}

/** The frame of every page of a link: small, in system fonts, indexed by nobody. */
export function renderLinkPage(page: LinkPage): string {
  return html`<!doctype html>
<html lang="${page.lang}" prefix="og: https://ogp.me/ns# product: https://ogp.me/ns/product#">
<head>
<meta charset="utf-8">
<title>${page.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml">
<style>${rawHtml(STYLE.css)}</style>
${page.head}${page.base !== null && html`<script src="${assetPath('link.js')}" defer></script>\n`}</head>
<body${page.base !== null && html` data-base="${page.base}"`}>
${page.body}
</body>
</html>
`.toString();
}
