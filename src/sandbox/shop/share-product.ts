import { HutongNotFoundError, type Link } from '../../../sdk/src/index.ts';
import { newId } from '../../base/id.ts';
import type { Lang } from '../../base/lang.ts';
import { joinLinks } from './join-links.ts';
import type { Product } from './products.ts';
import type { SharedLink } from './shared-links.ts';
import type { ShopDeps } from './shop.ts';

/** Two who share the same product at once make one link. */
const underWay = new WeakMap<ShopDeps, Map<string, Promise<SharedLink>>>();

/** The product's link: the one that is kept while it still opens, else a new one. @throws HutongError */
export async function shareProduct(deps: ShopDeps, product: Product, lang: Lang): Promise<SharedLink> {
  const works = underWay.get(deps) ?? new Map<string, Promise<SharedLink>>();
  underWay.set(deps, works);
  const key = `${product.id} ${lang}`;
  const begun = works.get(key) ?? findOrMake(deps, product, lang).finally(() => works.delete(key));
  works.set(key, begun);
  return await begun;
}

async function findOrMake(deps: ShopDeps, product: Product, lang: Lang): Promise<SharedLink> {
  const page = `${deps.url}/products/${product.id}?lang=${lang}`;
  const kept = deps.links.find(product.id, lang);
  if (kept?.page === page && (await isOpen(deps, kept))) return kept;
  await joinLinks(deps);
  const link = await deps.hutong.links.create(
    {
      page,
      app_path: `/item/${product.id}`,
      title: product.name[lang],
      description: product.about[lang],
      image_url: `${deps.url}/pictures/${product.id}.png`,
      price: product.price,
      availability: 'in_stock',
    },
    { idempotencyKey: newId('share', deps, 0) },
  );
  return deps.links.save(toShared(link, { productId: product.id, lang, page }));
}

/** It may have been stopped since, or belong to another database. */
async function isOpen(deps: ShopDeps, { id }: SharedLink): Promise<boolean> {
  try {
    return (await deps.hutong.links.get(id)).state === 'active';
  } catch (error) {
    if (error instanceof HutongNotFoundError) return false;
    throw error;
  }
}

function toShared(link: Link, of: Pick<SharedLink, 'productId' | 'lang' | 'page'>): SharedLink {
  return { ...of, id: link.id, url: link.url, text: link.texts[of.lang], cardUrl: link.card_url };
}
