import { PREVIEW_DATA_DEPTH_MAX, PREVIEW_DATA_NODES_MAX } from '../../base/link-limits.ts';

/** What schema.org's Product and Offer say of a thing, as they say it. */
export interface ProductData {
  name: string | null;
  description: string | null;
  image: string | null;
  price: string | null;
  currency: string | null;
  availability: string | null;
}

/** The first Product among the blocks of JSON-LD; null where there is none. Bounded in depth and in what is looked at. */
export function readProductData(blocks: readonly string[]): ProductData | null {
  for (const block of blocks) {
    const product = findProduct(parse(block));
    if (product !== null) return toData(product);
  }
  return null;
}

type Node = Record<string, unknown>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown; // any shape
  } catch {
    return null;
  }
}

/** Breadth first, so that the page's own product comes before those that it recommends. */
function findProduct(root: unknown): Node | null {
  let level: unknown[] = [root];
  let seen = 0;
  for (let depth = 0; depth < PREVIEW_DATA_DEPTH_MAX && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const node of level) {
      if (++seen > PREVIEW_DATA_NODES_MAX) return null;
      if (Array.isArray(node)) next.push(...node.slice(0, PREVIEW_DATA_NODES_MAX));
      else if (isNode(node)) {
        if (isA(node, 'Product') || isA(node, 'ProductGroup')) return node;
        next.push(...Object.values(node).slice(0, PREVIEW_DATA_NODES_MAX));
      }
    }
    level = next.filter((each) => typeof each === 'object' && each !== null);
  }
  return null;
}

function toData(product: Node): ProductData {
  const offer = firstNode(product['offers']);
  const spec = offer === null ? null : firstNode(offer['priceSpecification']);
  const told = (name: string) => textOf(offer?.[name]) ?? textOf(spec?.[name]);
  return {
    name: textOf(product['name']),
    description: textOf(product['description']),
    image: imageOf(product['image']),
    price: told('price') ?? textOf(offer?.['lowPrice']),
    currency: told('priceCurrency'),
    availability: textOf(offer?.['availability']),
  };
}

function imageOf(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return isNode(first) ? (textOf(first['url']) ?? textOf(first['contentUrl'])) : textOf(first);
}

function firstNode(value: unknown): Node | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return isNode(first) ? first : null;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Product`, `schema:Product`, `http://schema.org/Product`, or one of several. */
function isA(node: Node, name: string): boolean {
  const types = Array.isArray(node['@type']) ? node['@type'].slice(0, 10) : [node['@type']];
  return types.some((type) => typeof type === 'string' && type.split(/[/:#]/).at(-1) === name);
}
