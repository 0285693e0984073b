import type { ProofFile } from '../link.ts';

/** A file that a platform looks for at the root of a host before it believes whose the host is. */
export interface ProofFileKind {
  /** How we call it; in docs and in what is said of a file that fits none. */
  kind: string;
  /** What it is for. */
  for: string;
  name: RegExp;
  /** What stands in it, of a file of this name; white space at both ends is not part of it. */
  isContent(content: string, name: string): boolean;
  /** documented: the platform's own pages show it. seen: files of others that are public agree. told: one partner's page tells it. */
  evidence: 'documented' | 'seen' | 'told';
}

const RANDOM_16 = /^[0-9A-Za-z]{16}$/;

/**
 * Read from the top. None of them can hold anything that a browser would run: letters, digits, and Google's one line. A name that no row knows
 * is refused, so that the host never shows what its owner only made up.
 */
export const PROOF_FILE_KINDS: readonly ProofFileKind[] = [
  {
    kind: 'wechat_js',
    for: 'WeChat service accounts: JS-safe domain, web authorisation, business domain',
    name: /^MP_verify_[0-9A-Za-z]{16}\.txt$/,
    isContent: (content, name) => RANDOM_16.test(content) && name === `MP_verify_${content}.txt`,
    evidence: 'seen',
  },
  {
    kind: 'wecom',
    for: 'WeCom: trusted domain of an app',
    name: /^WW_verify_[0-9A-Za-z]{16}\.txt$/,
    isContent: (content, name) => RANDOM_16.test(content) && name === `WW_verify_${content}.txt`,
    evidence: 'seen',
  },
  {
    // WeChat open platform, "business domain of a website app": 6ynZPDvfTF.txt; mini programs' are of the same form.
    kind: 'wechat_business',
    for: 'WeChat mini programs: business domain of web-view, links by QR code; website apps',
    name: /^[0-9A-Za-z]{10}\.txt$/,
    isContent: (content) => /^[0-9A-Za-z]{16,64}$/.test(content),
    evidence: 'documented',
  },
  {
    // open.esign.cn, "H5 domain of an Alipay mini program", 2025: 32 hex letters and .html, and the file says its own name.
    kind: 'alipay_h5',
    for: 'Alipay mini programs: H5 domain of web-view',
    name: /^[0-9a-f]{32}\.html$/,
    isContent: (content, name) => content === name || `${content}.html` === name,
    evidence: 'told',
  },
  {
    kind: 'google_site',
    for: 'Google: ownership of a site',
    name: /^google[0-9a-z]{12,24}\.html$/,
    isContent: (content, name) => content === `google-site-verification: ${name}`,
    evidence: 'seen',
  },
];

/** The kind of a file by its name, whatever is in it. */
export function proofFileKindOf(name: string): ProofFileKind | null {
  return PROOF_FILE_KINDS.find((row) => row.name.test(name)) ?? null;
}

/** The file as it is served, or why it is none. What an editor puts around the one line is left out: some platforms compare bytes. */
export function readProofFile({ name, content }: ProofFile): ProofFile | { reason: string; field: 'name' | 'content' } {
  const row = proofFileKindOf(name);
  if (row === null) return { reason: `no platform is known to look for a file of this name`, field: 'name' };
  const line = content.replace(/^\uFEFF/, '').trim();
  return row.isContent(line, name)
    ? { name, content: line }
    : { reason: `not what ${row.kind} asks for`, field: 'content' };
}
