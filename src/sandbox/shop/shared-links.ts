import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lang } from '../../base/lang.ts';

/** A product's link, as the shop keeps it to show it again without asking. */
export interface SharedLink {
  productId: string;
  lang: Lang;
  /** `lnk_…`. */
  id: string;
  url: string;
  /** The product's page that it leads to: another port of ours is another page. */
  page: string;
  /** What to paste where an app takes only text. */
  text: string;
  cardUrl: string;
}

/** The links that the shop has made: in memory, and one JSON line each in a file when there is a folder for it. */
export class SharedLinks {
  readonly #links = new Map<string, SharedLink>();
  readonly #file: string | null;

  constructor(dataDir: string | null) {
    this.#file = dataDir === null ? null : join(dataDir, 'shop-links.jsonl');
    if (dataDir !== null) mkdirSync(dataDir, { recursive: true });
    if (this.#file === null || !existsSync(this.#file)) return;
    for (const line of readFileSync(this.#file, 'utf8').split('\n')) {
      const link = readLink(line);
      if (link !== null) this.#links.set(keyOf(link.productId, link.lang), link);
    }
  }

  find(productId: string, lang: Lang): SharedLink | undefined {
    return this.#links.get(keyOf(productId, lang));
  }

  /** In place of the one before it, if there was one. */
  save(link: SharedLink): SharedLink {
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify(link)}\n`);
    this.#links.set(keyOf(link.productId, link.lang), link);
    return link;
  }
}

function keyOf(productId: string, lang: Lang): string {
  return `${productId} ${lang}`;
}

/** A line as we wrote it; null when it was torn by a crash. */
function readLink(line: string): SharedLink | null {
  try {
    const link: SharedLink = JSON.parse(line);
    const texts = [link.productId, link.lang, link.id, link.url, link.page, link.text, link.cardUrl];
    return texts.every((text) => typeof text === 'string') ? link : null;
  } catch {
    return null;
  }
}
