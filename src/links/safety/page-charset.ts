const PRESCAN_BYTES = 1024;
const META_CHARSET = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_:.-]{1,40})/i;
const HEADER_CHARSET = /charset\s*=\s*["']?\s*([a-z0-9_:.-]{1,40})/i;

/**
 * How a page's letters are written: its byte order mark, else the header, else the meta within the first 1024 bytes, else UTF-8 (HTML standard,
 * 13.2.3.2). GB2312 and GBK are read as GB18030's part that everybody means. What is no encoding is read as UTF-8, which never fails.
 */
export function charsetOf(contentType: string, body: Buffer): string {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  const told = nameOf(HEADER_CHARSET.exec(contentType)?.[1]);
  if (told !== null) return told;
  const meta = nameOf(META_CHARSET.exec(body.toString('latin1', 0, PRESCAN_BYTES))?.[1]);
  // A page whose ASCII letters could be read is not UTF-16, whatever it says.
  return meta === null || meta.startsWith('utf-16') ? 'utf-8' : meta;
}

function nameOf(label: string | undefined): string | null {
  if (label === undefined) return null;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}
