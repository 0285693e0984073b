import QRCode from 'qrcode';
import { html, rawHtml, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { drawing } from './drawings.ts';
import { priceText, type Product } from './products.ts';
import { shareTexts } from './share-texts.ts';
import type { SharedLink } from './shared-links.ts';
import { shopAssetPath } from './shop-assets.ts';
import { renderFrame, type ShopFrame } from './shop-frame.ts';
import { shopTexts } from './shop-texts.ts';

/** A card picture is as wide and as high as previews want it. */
const CARD_PX = { width: 1200, height: 630 };

/** The button on a product's page. With script its page opens as a sheet over the product. */
export function renderShareButton(product: Product, lang: Lang): Html {
  return html`<form class="share" method="post" action="/products/${product.id}/share?lang=${lang}" data-share>
<button class="button button-quiet" type="submit" data-testid="share">${shareMark}<span>${shareTexts[lang].share}</span></button>
</form>`;
}

/** What a product's page needs so that the button opens a sheet. */
export function shareHead(): Html {
  return html`<link rel="stylesheet" href="${shopAssetPath('share.css')}">
<script src="${shopAssetPath('share.js')}" defer></script>
`;
}

/** Everything that can be sent on of a product: link, picture card, text and code. A page that works without script. */
export async function renderShare(product: Product, link: SharedLink, frame: ShopFrame): Promise<string> {
  const { lang } = frame;
  const text = shareTexts[lang];
  const name = product.name[lang];
  const card = `/products/${product.id}/card.png?lang=${lang}`;
  const code = rawHtml(await QRCode.toString(scanned(link.url), { type: 'svg', margin: 2 }));
  return renderFrame(
    frame,
    `/products/${product.id}/share`,
    `${text.title} · ${name} · ${shopTexts[lang].shop}`,
    html`<section id="share" class="card share-sheet" aria-labelledby="share-title" data-testid="share-sheet" data-url="${link.url}" data-title="${name}" data-copied="${text.copied}">
<div class="share-top">${drawing(product.drawing)}<div><h1 id="share-title" tabindex="-1">${text.title}</h1><p>${name} <span class="price">${priceText(product)}</span></p></div></div>
<button class="button" type="button" data-to-app hidden>${text.toApp}</button>
<div class="share-parts">
<div class="share-words">
${renderCopy('link', text.link, text.linkHint, link.url, lang)}
${renderCopy('text', text.text, text.textHint, link.text, lang)}
<div class="share-code"><div role="img" aria-label="${text.scanAlt}" data-testid="share-code">${code}</div><p class="quiet">${text.scan}</p></div>
</div>
<figure class="share-card"><img src="${card}" alt="${text.cardAlt(name)}" width="${CARD_PX.width}" height="${CARD_PX.height}" data-testid="share-card">
<figcaption><span><strong>${text.card}</strong> <span class="quiet">${text.cardHint}</span></span><a class="button button-quiet" href="${card}" download="${product.id}.png" data-testid="save-card">${text.saveCard}</a></figcaption></figure>
</div>
<p class="share-back"><a href="/products/${product.id}?lang=${lang}" data-back data-close="${text.close}">${text.back}</a></p>
<p class="visually-hidden" role="status" data-said></p>
</section>`,
    shareHead(),
  );
}

/** Something to copy: by its button, or by hand where there is no script. */
function renderCopy(id: 'link' | 'text', title: string, hint: string, value: string, lang: Lang): Html {
  const known = html` id="share-${id}" readonly aria-describedby="share-${id}-hint" data-testid="share-${id}"`;
  const field =
    id === 'link'
      ? html`<input type="text" value="${value}"${known}>`
      : html`<textarea rows="5"${known}>${value}</textarea>`;
  return html`<div class="share-copy"><label for="share-${id}">${title}</label>
<p class="quiet" id="share-${id}-hint">${hint}</p>
<div class="share-field">${field}<button class="button button-quiet" type="button" data-copy="share-${id}" aria-label="${shareTexts[lang].copy} ${title}" hidden>${shareTexts[lang].copy}</button></div></div>`;
}

/** A scanned code says that it was scanned, so that it is counted as such. */
function scanned(url: string): string {
  const address = new URL(url);
  address.searchParams.set('via', 'qr');
  return address.href;
}

const shareMark: Html = rawHtml(
  '<svg class="share-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M12 15V4M8 7.5 12 3.5l4 4M5 12v6.5A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.5V12" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>',
);
