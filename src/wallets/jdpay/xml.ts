import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { JDPAY_XML_DEPTH_MAX, JDPAY_XML_ELEMENTS_MAX } from '../../base/limits.ts';

/** An element with either text or children; V2.0 has no attributes and no mixed content. */
export interface XmlElement {
  name: string;
  /** Empty where there are children. */
  text: string;
  children: readonly XmlElement[];
}

/** As we send it. JD writes the second one as well. */
const HEADER = '<?xml version="1.0" encoding="UTF-8"?>';
const HEADERS = [HEADER, '<?xml version="1.0" encoding="UTF-8" ?>'];
const TAG = /<\/?[A-Za-z][A-Za-z0-9]{0,39}>|<[A-Za-z][A-Za-z0-9]{0,39} ?\/>/g;
const ENTITY = /&(?!(?:amp|lt|gt|quot|apos);)/;
/** What XML 1.0 allows: tab and line ends, nothing else below a blank. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  processEntities: false,
  parseTagValue: false,
  trimValues: false,
});

/**
 * Reads one `<jdpay>` document. Everything that V2.0 does not use is refused before the parser sees it: document types,
 * entities, CDATA, comments, processing instructions, attributes, and a name that comes twice outside of a list.
 */
export function readXml(text: string): XmlElement | null {
  const body = withoutHeader(text.trim());
  if (body === null || FORBIDDEN.test(body) || ENTITY.test(body)) return null;
  const tags = body.match(TAG) ?? [];
  if (tags.length > 2 * JDPAY_XML_ELEMENTS_MAX || /[<>]/.test(body.replace(TAG, ''))) return null;
  if (isTooDeep(tags) || XMLValidator.validate(body) !== true) return null;
  return parse(body);
}

/** The text of a child; null when there is none or it has children of its own. */
export function childText(element: XmlElement, name: string): string | null {
  const child = element.children.find((one) => one.name === name);
  return child === undefined || child.children.length > 0 ? null : child.text;
}

/** A document of one line. Fields without a value are left out. */
export function toXml(fields: Readonly<Record<string, string>>): string {
  const elements = Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<${name}>${escape(value)}</${name}>`);
  return `${HEADER}<jdpay>${elements.join('')}</jdpay>`;
}

function withoutHeader(text: string): string | null {
  const header = HEADERS.find((one) => text.startsWith(one));
  if (header !== undefined) return text.slice(header.length).trimStart();
  return text.startsWith('<?') ? null : text;
}

function isTooDeep(tags: readonly string[]): boolean {
  let depth = 0;
  return tags.some((tag) => {
    if (!tag.endsWith('/>')) depth += tag.startsWith('</') ? -1 : 1;
    return depth > JDPAY_XML_DEPTH_MAX;
  });
}

function parse(body: string): XmlElement | null {
  let nodes: unknown;
  try {
    nodes = parser.parse(body);
  } catch {
    return null; // names that it calls dangerous
  }
  const elements = readNodes(nodes);
  const [root] = elements?.children ?? [];
  return root?.name === 'jdpay' && elements?.children.length === 1 ? root : null;
}

/** The parser's form: `[{ name: [children] }, { '#text': text }]`. Null for mixed content and for names that come twice. */
function readNodes(nodes: unknown): Pick<XmlElement, 'text' | 'children'> | null {
  if (!Array.isArray(nodes)) return null;
  let text = '';
  const children: XmlElement[] = [];
  for (const node of nodes as unknown[]) {
    const entry = typeof node === 'object' && node !== null ? Object.entries(node)[0] : undefined;
    if (entry === undefined) return null;
    const [name, inner]: [string, unknown] = entry;
    if (name === '#text') text += String(inner);
    else {
      const content = readNodes(inner);
      if (content === null || (hasTwins(content.children) && !name.endsWith('List'))) return null;
      children.push({ name, ...content });
    }
  }
  if (children.length === 0) return { text: unescape(text), children };
  return text.trim() === '' ? { text: '', children } : null;
}

function hasTwins(children: readonly XmlElement[]): boolean {
  return new Set(children.map((child) => child.name)).size < children.length;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

function unescape(text: string): string {
  return text.replace(/&[a-z]+;/g, (entity) => ENTITIES[entity] ?? entity);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
