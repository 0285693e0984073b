import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { html, rawHtml } from '../../base/html.ts';
import { rootDir } from '../../base/root.ts';
import { renderMarkdown } from '../render-markdown.ts';

const STYLE = `
:root{color-scheme:light dark}
body{margin:0 auto;max-width:56rem;padding:1rem;font:1rem/1.6 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
h1,h2,h3{line-height:1.25;scroll-margin-top:1rem}
code,pre{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.9em}
pre{overflow-x:auto;padding:.75rem;border:1px solid #8886;border-radius:.5rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.95em}
th,td{border:1px solid #8886;padding:.35rem .6rem;text-align:left;vertical-align:top}
a[id]{scroll-margin-top:1rem}
tr:has(a:target){background:#fc04}
nav{border-bottom:1px solid #8886;padding-bottom:.5rem}
`;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-cache',
};

/** The pages of docs/ for people: /docs/errors is where every problem's `type` points to, /docs/reference/… are its neighbours. */
export function docsRoutes() {
  return async function mount(app: FastifyInstance): Promise<void> {
    const pages = listPages();
    for (const path of pages) {
      const page = renderPage(path, new Set(pages));
      app.get(`/docs/${path}`, { schema: { hide: true } }, async (_request, reply) =>
        reply.headers(HEADERS).send(page),
      );
    }
  };
}

/** Paths below docs/ without `.md`: `errors`, `reference/payment`. */
function listPages(): string[] {
  return readdirSync(join(rootDir, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.replaceAll('\\', '/').slice(0, -'.md'.length))
    .sort();
}

function renderPage(path: string, pages: ReadonlySet<string>): string {
  const text = readFileSync(join(rootDir, 'docs', `${path}.md`), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1] ?? path;
  const body = renderMarkdown(text, (link) => resolveLink(path, link, pages));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Hutong</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${rawHtml(STYLE)}</style>
</head>
<body>
<nav><a href="/docs">API</a> · <a href="/docs/errors">Errors</a> · <a href="/docs/reference/payment">Payment</a> · <a href="/docs/reference/webhook">Webhooks</a></nav>
<main>
${body}
</main>
</body>
</html>
`.toString();
}

/** Other sites and our own pages are linked; a file of the source code is not served here. */
function resolveLink(from: string, link: string, pages: ReadonlySet<string>): string | null {
  if (/^https?:\/\//.test(link) || link.startsWith('#')) return link;
  const [file = '', anchor] = link.split('#');
  const target = posix.join(posix.dirname(from), file).replace(/\.md$/, '');
  if (!pages.has(target)) return null;
  return `/docs/${target}${anchor === undefined ? '' : `#${anchor}`}`;
}
