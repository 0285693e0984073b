import { LINK_PROOF_BYTES_MAX, LINK_PROOF_MS_MAX } from '../../base/link-limits.ts';
import type { LookUpText } from '../../net/dns-text.ts';
import type { LinkHost } from '../link.ts';
import type { SafeFetch } from '../links.ts';
import { isLocalHost } from './read-host-name.ts';

/** `missing`: it is surely not there. `unknown`: nobody could look. With what was found in each place, in words. */
export type ProofLook = { kind: 'found' } | { kind: 'missing' | 'unknown'; file: string | null; dns: string | null };

export interface ProofPlaces {
  /** The one line of the file, or the text of the record. */
  line: string;
  /** Null where the file proves nothing. */
  fileUrl: string | null;
  /** Null for a host that has no name. */
  dnsName: string | null;
}

type Named = Pick<LinkHost, 'host' | 'uses' | 'proofToken'>;

/**
 * Where a proof may stand. Under a host that serves links the pages are ours, so a file there would prove that it points to us and not whose it
 * is: the name service alone tells that. Hosts of this machine are named by nobody, and are a sandbox's own.
 */
export function proofPlacesOf({ host, uses, proofToken }: Named): ProofPlaces {
  const isLocal = isLocalHost(host);
  const scheme = isLocal ? 'http' : 'https';
  return {
    line: `hutong-verification=${proofToken}`,
    fileUrl: uses.includes('serve') ? null : `${scheme}://${host}/.well-known/hutong-verification.txt`,
    dnsName: isLocal ? null : `_hutong.${new URL(`https://${host}`).hostname}`,
  };
}

export interface ProofDeps {
  safeFetch: SafeFetch;
  lookUpText: LookUpText;
  isSandbox: boolean;
}

/** Looks in both places; one of them is enough. Never throws. */
export async function lookForProof(deps: ProofDeps, host: Named): Promise<ProofLook> {
  const { line, fileUrl, dnsName } = proofPlacesOf(host);
  if (isLocalHost(host.host) && !deps.isSandbox) return { kind: 'missing', file: null, dns: null };
  if (fileUrl === null && dnsName === null) return { kind: 'found' }; // a sandbox's own machine
  const [file, dns] = await Promise.all([
    fileUrl === null ? null : lookAtFile(deps.safeFetch, fileUrl, line),
    dnsName === null ? null : lookAtDns(deps.lookUpText, dnsName, line),
  ]);
  const looks = [file, dns].filter((look) => look !== null);
  if (looks.some(({ kind }) => kind === 'found')) return { kind: 'found' };
  const kind = looks.some((look) => look.kind === 'unknown') ? 'unknown' : 'missing';
  return { kind, file: file?.words ?? null, dns: dns?.words ?? null };
}

interface Look {
  kind: 'found' | 'missing' | 'unknown';
  words: string;
}

/** Hop by hop would not do: a page that sends people on to anywhere would prove every host. */
async function lookAtFile(safeFetch: SafeFetch, url: string, line: string): Promise<Look> {
  const page = await safeFetch.fetch({
    url,
    types: ['text/plain'],
    bytesMax: LINK_PROOF_BYTES_MAX,
    timeoutMs: LINK_PROOF_MS_MAX,
    hopsMax: 0,
  });
  if (page.kind === 'unreachable') return { kind: 'unknown', words: page.reason };
  if (page.kind === 'refused') return { kind: 'missing', words: page.reason };
  if (page.url !== url) return { kind: 'missing', words: 'it sends on to another page' };
  if (page.status >= 500 || page.status === 429) return { kind: 'unknown', words: `status ${page.status}` };
  if (page.status !== 200) return { kind: 'missing', words: `status ${page.status}` };
  return hasLine(page.body.toString('utf8').split(/\r\n|\r|\n/), line)
    ? { kind: 'found', words: 'found' }
    : { kind: 'missing', words: 'the file does not say it' };
}

async function lookAtDns(lookUpText: LookUpText, name: string, line: string): Promise<Look> {
  const answer = await lookUpText(name, LINK_PROOF_MS_MAX);
  if (answer.kind === 'unreachable') return { kind: 'unknown', words: answer.reason };
  if (answer.kind === 'none') return { kind: 'missing', words: 'there is no such record' };
  return hasLine(answer.texts, line)
    ? { kind: 'found', words: 'found' }
    : { kind: 'missing', words: 'no record says it' };
}

function hasLine(texts: readonly string[], line: string): boolean {
  return texts.some((text) => text.trim() === line);
}
