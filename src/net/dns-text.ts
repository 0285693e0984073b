import { Resolver } from 'node:dns/promises';

/** `none`: the name has no such record, told by its own servers. `unreachable`: nobody knows, ask again. */
export type DnsText =
  | { kind: 'found'; texts: readonly string[] }
  | { kind: 'none' }
  | { kind: 'unreachable'; reason: string };

/** Asks for the TXT records of a name. Never throws for what the other side does. */
export type LookUpText = (name: string, timeoutMs: number) => Promise<DnsText>;

const TEXTS_MAX = 100;
const TEXT_CHARS_MAX = 2048;
const TRIES = 2;
const NOT_THERE: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * TXT look-ups at the machine's own name servers, or at `servers` (`127.0.0.1:5353`). One deadline over all tries. A record in several parts
 * is one text (RFC 7208, 3.3, and every other reader of TXT).
 */
export function createDnsText(servers: readonly string[] | null): LookUpText {
  return async (name, timeoutMs) => {
    const resolver = new Resolver({ timeout: Math.max(1, Math.floor(timeoutMs / TRIES)), tries: TRIES });
    if (servers !== null) resolver.setServers(servers);
    const deadline = setTimeout(() => resolver.cancel(), timeoutMs);
    try {
      const records = await resolver.resolveTxt(name);
      const texts = records.slice(0, TEXTS_MAX).map((parts) => parts.join('').slice(0, TEXT_CHARS_MAX));
      return texts.length === 0 ? { kind: 'none' } : { kind: 'found', texts };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      return NOT_THERE.has(code) ? { kind: 'none' } : { kind: 'unreachable', reason: code };
    } finally {
      clearTimeout(deadline);
    }
  };
}
