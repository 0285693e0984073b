import type { Opener } from './phones.ts';

/** What somebody gets to see who opens a link. */
export interface Seen {
  status: number;
  /** The best step of the page, `card` for a robot, or why nothing opens. */
  best: string;
  /** Every step in its order. */
  steps: readonly string[];
  /** Where the step that leads to the shop's page leads; null where there is none. */
  pageUrl: string | null;
  title: string;
}

/** Opens a link as this app would, without running what its page holds. */
export async function openAs(opener: Pick<Opener, 'userAgent'>, url: string): Promise<Seen> {
  const headers = { 'user-agent': opener.userAgent, 'accept-language': 'zh-CN' };
  const reply = await fetch(url, { headers, redirect: 'manual' });
  const page = await reply.text();
  const steps = [...page.matchAll(/data-step="(\w+)"/g)].map(([, step = '']) => step);
  const gone = /data-reason="(\w+)"/.exec(page)?.[1];
  const best = /data-best="(\w+)"/.exec(page)?.[1];
  return {
    status: reply.status,
    best: gone ?? best ?? (page.includes('property="og:title"') ? 'card' : 'nothing'),
    steps: [...new Set(steps)],
    pageUrl: hrefOf(page, 'page'),
    title: unescapeHtml(
      /property="og:title" content="([^"]*)"/.exec(page)?.[1] ?? /<h1[^>]*>([^<]*)</.exec(page)?.[1] ?? '',
    ),
  };
}

function hrefOf(page: string, step: string): string | null {
  const [tag] = page.match(new RegExp(`<a [^>]*data-step="${step}"[^>]*>`)) ?? [];
  const href = tag === undefined ? undefined : /href="([^"]*)"/.exec(tag)?.[1];
  return href === undefined ? null : unescapeHtml(href);
}

const LETTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => LETTERS[name] ?? '');
}
