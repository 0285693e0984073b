/** What an element holds: a text, or other elements. */
export type Content = string | readonly (readonly [name: string, content: Content])[];

const HEADERS = ['<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0" encoding="UTF-8" ?>'] as const;
const ELEMENT = /<([A-Za-z][A-Za-z0-9]*)>([^<>]*)<\/\1>/y;

/** A document on one line. JD writes its header in two ways. */
export function writeDocument(content: Content, headerNo: 0 | 1): string {
  return `${HEADERS[headerNo]}<jdpay>${write(content)}</jdpay>`;
}

/**
 * Reads a merchant's document: one line or several, a flat list of elements. Null for anything else, such as document
 * types, entities of one's own, attributes, comments, or a name that comes twice.
 */
export function readDocument(text: string): Map<string, string> | null {
  const line = text
    .split(/\r?\n/)
    .map((one) => one.trim())
    .join('');
  const header = HEADERS.find((one) => line.startsWith(one)) ?? '';
  const body = line.slice(header.length);
  if (!body.startsWith('<jdpay>') || !body.endsWith('</jdpay>')) return null;
  const inner = body.slice('<jdpay>'.length, -'</jdpay>'.length);
  const fields = new Map<string, string>();
  for (let at = 0; at < inner.length; at = ELEMENT.lastIndex) {
    ELEMENT.lastIndex = at;
    const found = ELEMENT.exec(inner);
    const [, name = '', raw = ''] = found ?? [];
    const value = decode(raw);
    if (found === null || value === null || fields.has(name)) return null;
    fields.set(name, value);
  }
  return fields;
}

function write(content: Content): string {
  if (typeof content === 'string') {
    return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  }
  return content.map(([name, inner]) => `<${name}>${write(inner)}</${name}>`).join('');
}

const SIGNS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(raw: string): string | null {
  let isKnown = true;
  const text = raw.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const sign = whole.endsWith(';') ? SIGNS[name] : undefined;
    if (sign === undefined) isKnown = false;
    return sign ?? '';
  });
  return isKnown ? text : null;
}
