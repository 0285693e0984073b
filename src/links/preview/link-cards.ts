import { createHash } from 'node:crypto';
import {
  LINK_CARDS_BYTES_MAX,
  LINK_DRAWINGS_AT_A_TIME,
  LINK_DRAWINGS_WAITING_MAX,
  LINK_PICTURE_AS_IS_BYTES_MAX,
} from '../../base/link-limits.ts';
import type { ReadyLink } from '../link.ts';
import type { CardShape } from './card-layout.ts';
import { drawCard } from './draw-card.ts';
import { drawPicture, fittingSize } from './draw-picture.ts';
import { encodePng } from './encode-png.ts';
import { createGate } from './gate.ts';
import { KeptBytes } from './kept-bytes.ts';
import { readPictureHeader } from './picture-header.ts';
import { openProductPictures, type PictureDeps } from './product-pictures.ts';

/** A picture as it is sent. */
export interface SentPicture {
  type: string;
  body: Buffer;
  /** As in the ETag header: the same for the same bytes. */
  etag: string;
}

/** The pictures of links, drawn when they are asked for and kept in memory. */
export interface LinkCards {
  /** @throws Refusal `overloaded` when too many are being drawn */
  card(ready: ReadyLink, shape: CardShape): Promise<SentPicture>;
  /** The product's picture, small enough for a page; null where there is none to show. @throws Refusal `overloaded` */
  picture(ready: ReadyLink): Promise<SentPicture | null>;
}

/** Pixels of the longer side of a picture that has to be made smaller. */
const SMALL_SIDE = 480;
/** Links change with their version; this only lets go of what nobody asks for. */
const KEPT_SECONDS = 7 * 86_400;

export function openLinkCards(deps: PictureDeps): LinkCards {
  const findPicture = openProductPictures(deps);
  const kept = new KeptBytes<SentPicture>(LINK_CARDS_BYTES_MAX, ({ body }) => body.length);
  const underWay = new Map<string, Promise<SentPicture>>();
  const gate = createGate(LINK_DRAWINGS_AT_A_TIME, LINK_DRAWINGS_WAITING_MAX);

  /** One drawing for all who ask for the same, in their turn. */
  async function draw(key: string, work: () => Promise<Buffer>): Promise<SentPicture> {
    const nowMs = deps.clock.now().getTime();
    const known = kept.find(key, nowMs);
    if (known !== undefined) return known;
    const running = underWay.get(key) ?? gate.enter(work).then((body) => toSent('image/png', body));
    if (!underWay.has(key)) {
      underWay.set(key, running);
      void running
        .then((picture) => kept.keep(key, picture, nowMs + KEPT_SECONDS * 1000))
        .catch(() => undefined)
        .finally(() => underWay.delete(key));
    }
    return await running;
  }

  return {
    async card(ready, shape) {
      const productImage = await findPicture(ready);
      return await draw(cardKey(ready, shape, productImage), () => drawCard(ready, { productImage, shape }));
    },
    async picture(ready) {
      const bytes = await findPicture(ready);
      const header = bytes === null ? null : readPictureHeader(bytes);
      if (bytes === null || header === null) return null;
      if (bytes.length <= LINK_PICTURE_AS_IS_BYTES_MAX) return toSent(header.type, bytes);
      const small = await draw(`picture ${hashOf(bytes)}`, async () => {
        const pixels = await drawPicture(bytes, fittingSize(header, SMALL_SIDE));
        return pixels === null ? Buffer.alloc(0) : await encodePng(pixels);
      });
      return small.body.length === 0 ? null : small;
    },
  };
}

/** Everything that a card depends on. */
function cardKey({ link, url, ownerName, servedHost }: ReadyLink, shape: CardShape, picture: Buffer | null): string {
  return JSON.stringify([shape, link.id, link.version, url, ownerName, servedHost, picture && hashOf(picture)]);
}

function toSent(type: string, body: Buffer): SentPicture {
  return { type, body, etag: `"${hashOf(body)}"` };
}

/** Pictures do not change while they are kept, and hashing megabytes for every request would be too much. */
const hashes = new WeakMap<Buffer, string>();

function hashOf(bytes: Buffer): string {
  const known = hashes.get(bytes) ?? createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  hashes.set(bytes, known);
  return known;
}
