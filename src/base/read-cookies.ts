/** A name that stands twice stands for nothing: somebody put one beside ours. */
export function readCookies(header: string): Map<string, string> {
  const found = new Map<string, string>();
  const twice = new Set<string>();
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    const value = part.slice(at + 1).trim();
    if (at < 1 || !/^[\w.~+/=-]{1,400}$/.test(value)) continue;
    if (found.has(name)) twice.add(name);
    found.set(name, value);
  }
  for (const name of twice) found.delete(name);
  return found;
}
