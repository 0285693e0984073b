import { cardPicture } from './card-picture.ts';
import { PROOF_PATH } from './join-links.ts';
import { productPicture } from './product-picture.ts';
import { findProduct, type Product } from './products.ts';
import { renderShare } from './share-page.ts';
import { shareProduct } from './share-product.ts';
import { renderShopProblem } from './shop-pages.ts';
import { frameOf, sendPage, sendProblem, sendTo, type Visit } from './visit.ts';

const PICTURE_HEADERS = { 'content-type': 'image/png', 'x-content-type-options': 'nosniff' };

/** What sharing needs of the shop: its page, pictures, and the proof that the host is ours. False: the address is something else. */
export async function answerShare(visit: Visit): Promise<boolean> {
  const { deps, response, path } = visit;
  const [, folder = '', id = '', action, rest] = path.split('/');
  if (path === PROOF_PATH && deps.hostProof !== null) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(deps.hostProof);
    return true;
  }
  const shown =
    folder === 'pictures' && action === undefined ? findProduct(/^(\w+)\.png$/.exec(id)?.[1] ?? '') : undefined;
  if (shown !== undefined) {
    const picture = await productPicture(shown.drawing);
    response.writeHead(200, { ...PICTURE_HEADERS, 'cache-control': 'public, max-age=3600' }).end(picture);
    return true;
  }
  const product = folder === 'products' && rest === undefined ? findProduct(id) : undefined;
  if (product === undefined || (action !== 'share' && action !== 'card.png')) return false;
  await answerShared(visit, product, action);
  return true;
}

/** A link is made only by the button: whoever comes by the address alone sees the product first. */
async function answerShared(visit: Visit, product: Product, wanted: 'share' | 'card.png'): Promise<void> {
  const { deps, response, lang } = visit;
  const link = deps.links.find(product.id, lang);
  if (link === undefined) return sendTo(visit, `/products/${product.id}?lang=${lang}`);
  if (wanted === 'share') return sendPage(visit, 200, await renderShare(product, link, frameOf(visit)));
  const picture = await cardPicture(deps, link);
  if (picture === null) return sendProblem(visit, 502, 'cannot_share');
  response.writeHead(200, { ...PICTURE_HEADERS, 'cache-control': 'private, max-age=600' }).end(picture);
}

/** The button: makes the product's link where there is none, then shows its page. */
export async function shareByPost(visit: Visit, product: Product): Promise<void> {
  const { deps, path, lang } = visit;
  try {
    await shareProduct(deps, product, lang);
    sendTo(visit, `/products/${product.id}/share?lang=${lang}`);
  } catch (error) {
    deps.log.warn({ error: String(error), path }, 'Hutong made no link for the shop');
    sendPage(visit, 502, renderShopProblem('cannot_share', null, frameOf(visit)));
  }
}
