import { Parser } from 'htmlparser2';
import { PREVIEW_DATA_BLOCKS_MAX, PREVIEW_DATA_CHARS_MAX } from '../../base/link-limits.ts';

/** What stands in the head of a page, as it stands there. */
export interface Head {
  /** By lower-case `property` or `name`; the first of each counts. */
  metas: Map<string, string>;
  title: string;
  /** By `rel`: canonical, image_src, icon. */
  links: Map<string, string>;
  /** `<base href>`, which relative addresses are meant from. */
  base: string | null;
  /** The texts of application/ld+json. */
  data: string[];
}

const CHUNK_BYTES = 8 * 1024;
/** More is no head, but something that was made to keep a reader busy. */
const TAGS_MAX = 2_000;
const TITLE_CHARS_MAX = 2_000;
const META_CHARS_MAX = 4_000;
/** What a page may say of its kind: others are not kept. */
const METAS = new Set(
  [
    'description',
    'twitter:title twitter:description twitter:image twitter:image:src',
    'og:title og:description og:image og:image:url og:image:secure_url og:site_name og:type og:url og:price:amount og:price:currency',
    'og:availability product:price:amount product:price:currency product:availability product:sale_price:amount product:sale_price:currency',
  ].flatMap((names) => names.split(' ')),
);
const LINKS: ReadonlySet<string> = new Set(['canonical', 'image_src']);

/**
 * Reads the head of a page and stops at its end: at </head> or where the body begins. Nothing of the page is built or run; memory is bounded
 * by what is kept.
 */
export function readHead(body: Buffer, charset: string): Head {
  const reader = new HeadReader();
  const parser = new Parser(reader, { decodeEntities: true });
  const decoder = new TextDecoder(charset);
  for (let at = 0; at < body.length && !reader.isOver; at += CHUNK_BYTES) {
    const chunk = body.subarray(at, at + CHUNK_BYTES);
    parser.write(decoder.decode(chunk, { stream: true }));
  }
  if (!reader.isOver) parser.end(decoder.decode());
  return reader.head;
}

class HeadReader {
  readonly head: Head = { metas: new Map(), title: '', links: new Map(), base: null, data: [] };
  isOver = false;
  #parser: Parser | null = null;
  #inside: 'title' | 'data' | null = null;
  #hasTitle = false;
  #data = '';
  #tags = 0;

  onparserinit(parser: Parser): void {
    this.#parser = parser;
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    if (this.isOver) return;
    this.#tags += 1;
    if (name === 'meta') this.#meta(attributes);
    else if (name === 'title' && !this.#hasTitle) this.#inside = 'title';
    else if (name === 'link') this.#link(attributes);
    else if (name === 'base') this.head.base ??= attributes['href'] ?? null;
    else if (name === 'body' || this.#tags > TAGS_MAX) this.#stop();
    else if (name === 'script' && isData(attributes) && this.head.data.length < PREVIEW_DATA_BLOCKS_MAX)
      this.#inside = 'data';
  }

  ontext(text: string): void {
    if (this.#inside === null || this.isOver) return;
    if (this.#inside === 'title') {
      if (this.head.title.length < TITLE_CHARS_MAX) this.head.title += text.slice(0, TITLE_CHARS_MAX);
    } else if (this.#data.length <= PREVIEW_DATA_CHARS_MAX) this.#data += text;
  }

  onclosetag(name: string): void {
    if (this.isOver) return;
    if (name === 'head') this.#stop();
    else if (name === 'title' && this.#inside === 'title') {
      this.#hasTitle = true;
      this.#inside = null;
    } else if (name === 'script' && this.#inside === 'data') {
      if (this.#data.length <= PREVIEW_DATA_CHARS_MAX) this.head.data.push(this.#data);
      this.#data = '';
      this.#inside = null;
    }
  }

  #meta(attributes: Record<string, string>): void {
    const { content } = attributes;
    if (content === undefined || content === '') return;
    for (const name of [attributes['property'], attributes['name']]) {
      const key = name?.trim().toLowerCase();
      if (key !== undefined && METAS.has(key) && !this.head.metas.has(key))
        this.head.metas.set(key, content.slice(0, META_CHARS_MAX));
    }
  }

  #link({ rel, href }: Record<string, string>): void {
    if (rel === undefined || href === undefined) return;
    for (const each of rel.toLowerCase().split(/\s+/, 5)) {
      if (LINKS.has(each) && !this.head.links.has(each)) this.head.links.set(each, href.slice(0, META_CHARS_MAX));
    }
  }

  #stop(): void {
    this.isOver = true;
    this.#parser?.pause();
  }
}

function isData({ type }: Record<string, string>): boolean {
  return type !== undefined && type.trim().toLowerCase() === 'application/ld+json';
}
