import { STAND_INS } from './stand-ins.ts';

/* Looking at the cashier's pages without a real browser. */

/** A browser without script: it keeps cookies and says where it is. */
export function openBrowser(place: string) {
  const jar = new Map<string, { value: string; path: string }>();
  const userAgent = STAND_INS.find(({ name }) => name === place)?.userAgent ?? place;
  return async (url: string, init: { form?: Record<string, string>; headers?: Record<string, string> } = {}) => {
    const reply = await fetch(url, {
      redirect: 'manual',
      headers: {
        'user-agent': userAgent,
        cookie: [...jar]
          .filter(([, { path }]) => new URL(url).pathname.startsWith(path))
          .map(([name, { value }]) => `${name}=${value}`)
          .join('; '),
        ...init.headers,
      },
      ...(init.form === undefined ? {} : { method: 'POST', body: new URLSearchParams(init.form) }),
    });
    for (const cookie of reply.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (cookie.includes('Max-Age=0')) jar.delete(name);
      else jar.set(name, { value, path: /Path=([^;]+)/.exec(cookie)?.[1] ?? '/' });
    }
    return {
      status: reply.status,
      headers: reply.headers,
      to: reply.headers.get('location'),
      body: await reply.text(),
    };
  };
}

/** The wallets in the order of the page. */
export function walletsOn(body: string): string[] {
  return [...body.matchAll(/data-testid="wallet-(\w+)"/g)].map(([, name = '']) => name);
}

/** The wallet that is chosen already. */
export function chosenOn(body: string): string | undefined {
  return /value="(\w+)" required checked/.exec(body)?.[1];
}

/** Where a page of ours leads on to by itself. */
export function leavesFor(body: string): string | null {
  return /href="([^"]+)" data-leave/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? null;
}

/** Follows redirects, also through the wallet's own pages, until a page comes. */
export async function follow(browse: ReturnType<typeof openBrowser>, url: string) {
  let at = url;
  for (let hops = 0; hops < 10; hops += 1) {
    const page = await browse(at);
    const next = page.to ?? leavesFor(page.body);
    if (next === null) return { ...page, at };
    at = new URL(next, at).href;
  }
  throw new Error(`too many redirects from ${url}`);
}
