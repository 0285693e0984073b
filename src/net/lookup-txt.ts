import { promises as dns } from 'node:dns';

/** `absent`: the name surely has no such record. `failed`: nobody answered, so nothing is known. */
export type TxtAnswer =
  | { kind: 'records'; texts: readonly string[] }
  | { kind: 'absent' }
  | { kind: 'failed'; reason: string };

/** Asks the name service for the texts of a name. Never throws. */
export type LookupTxt = (name: string) => Promise<TxtAnswer>;

const ABSENT = new Set(['ENODATA', 'ENOTFOUND']);

/** Through the resolvers that this machine is set up with. */
export function createTxtLookup(options: { timeoutMs: number }): LookupTxt {
  const resolver = new dns.Resolver({ timeout: options.timeoutMs, tries: 1 });
  return async (name) => {
    try {
      const records = await resolver.resolveTxt(name);
      // One record comes in pieces of at most 255 letters, which belong together (RFC 7208, 3.3).
      return { kind: 'records', texts: records.map((pieces) => pieces.join('')) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
      return ABSENT.has(code) ? { kind: 'absent' } : { kind: 'failed', reason: code };
    }
  };
}
