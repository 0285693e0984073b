import type { Link } from '../link.ts';
import type { Preview } from './preview.ts';

/** schema.org's names, which search engines and chats read. */
const AVAILABILITY: Record<NonNullable<Link['availability']>, string> = {
  in_stock: 'https://schema.org/InStock',
  out_of_stock: 'https://schema.org/OutOfStock',
  preorder: 'https://schema.org/PreOrder',
};

/**
 * The preview as JSON-LD: a Product with an Offer where something has a price, a WebPage else. The text may stand inside a <script> of
 * `application/ld+json`: no sign that ends it, opens a comment or ends a line of a script is left in it, however the owner's words read.
 */
export function structuredData(preview: Preview): string {
  return escapeForScript(
    JSON.stringify(preview.isProduct && preview.price !== null ? toProduct(preview) : toPage(preview)),
  );
}

function toProduct({ title, description, url, card, ownerName, price, availability }: Preview): object {
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: title,
    description,
    image: [card.url],
    url,
    offers: {
      '@type': 'Offer',
      url,
      price: price?.amount,
      priceCurrency: price?.currency,
      ...(availability === null ? {} : { availability: AVAILABILITY[availability] }),
      seller: { '@type': 'Organization', name: ownerName },
    },
  };
}

function toPage({ title, description, url, card, ownerName, lang }: Preview): object {
  return {
    '@context': 'https://schema.org',
    '@type': 'WebPage',
    name: title,
    description,
    url,
    inLanguage: lang,
    primaryImageOfPage: card.url,
    publisher: { '@type': 'Organization', name: ownerName },
  };
}

/** JSON stays the same JSON; HTML finds no tag, entity or comment in it, and older scripts no line end. */
function escapeForScript(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
