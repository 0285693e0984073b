/*
 * What the SDK takes from the runtime it is in, in one place: chance, time, WebCrypto and fetch. Only what Node 18, Deno,
 * Bun, browsers and edge runtimes have in common is used, and described here so that no other type library is needed.
 */

/** The part of `fetch` that is used; the runtime's own fits. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchReply>;

export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  redirect: 'manual';
  signal: AbortSignal;
}

export interface FetchReply {
  status: number;
  headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export const runtimeFetch: Fetch = (url, init) => fetch(url, init);

/** Milliseconds since 1970. */
export function nowMs(): number {
  return Date.now();
}

/** From 0 up to but not including 1; for spreading retries, not for secrets. */
export function chance(): number {
  return Math.random();
}

/** Resolves after the time, or at once when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    if (signal?.aborted === true) done();
  });
}

type WebCrypto = Pick<typeof globalThis.crypto, 'subtle' | 'randomUUID'>;

/** Node 18 has WebCrypto, but not as a global. */
export async function webCrypto(): Promise<WebCrypto> {
  const known: WebCrypto | undefined = globalThis.crypto;
  if (known !== undefined) return known;
  const nodeModule = 'node:crypto'; // not a literal in the import: bundlers for browsers would look for it
  const { webcrypto }: { webcrypto: WebCrypto } = await import(nodeModule);
  return webcrypto;
}
