import type { SharedLink } from './shared-links.ts';
import type { ShopDeps } from './shop.ts';

const FETCH_MS_MAX = 5_000;
const CARD_BYTES_MAX = 2_000_000;

/** By address, which names the link's version. As many as there are products and languages. */
const kept = new Map<string, Buffer>();
const KEPT_MAX = 64;

/** Hutong's picture of a link, shown and saved as one of the shop's own; null when it cannot be had now. */
export async function cardPicture({ log }: ShopDeps, { cardUrl }: SharedLink): Promise<Buffer | null> {
  const known = kept.get(cardUrl);
  if (known !== undefined) return known;
  try {
    const reply = await fetch(cardUrl, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS_MAX) });
    if (!reply.ok || reply.headers.get('content-type') !== 'image/png') throw new Error(`it answered ${reply.status}`);
    const picture = Buffer.from(await reply.arrayBuffer());
    if (picture.length > CARD_BYTES_MAX) throw new Error('it is too large');
    if (kept.size < KEPT_MAX) kept.set(cardUrl, picture);
    return picture;
  } catch (error) {
    log.warn({ error: String(error), cardUrl }, 'no picture of a link');
    return null;
  }
}
