import type { Clock } from '../../base/clock.ts';
import {
  LINK_PICTURE_BYTES_MAX,
  LINK_PICTURE_FETCH_MS_MAX,
  LINK_PICTURE_FETCHES_AT_A_TIME,
  LINK_PICTURE_FETCHES_PER_HOST,
  LINK_PICTURE_FETCHES_WAITING_MAX,
  LINK_PICTURE_FETCHES_WAITING_PER_HOST_MAX,
  LINK_PICTURE_GOOD_SECONDS,
  LINK_PICTURE_HOPS_MAX,
  LINK_PICTURE_RETRY_SECONDS,
  LINK_PICTURES_BYTES_MAX,
} from '../../base/link-limits.ts';
import type { Log } from '../../base/log.ts';
import type { ReadyLink } from '../link.ts';
import type { SafeFetch } from '../links.ts';
import { createGate, type Gate } from './gate.ts';
import { KeptBytes } from './kept-bytes.ts';
import { stripPicture } from './strip-picture.ts';

export interface PictureDeps {
  clock: Clock;
  log: Log;
  safeFetch: SafeFetch;
}

/** The product's picture as its shop serves it but for what is written beside it, or null: there is none, it did not come, or it is not a picture. */
/** @throws Refusal `overloaded` where too many are being fetched, of all shops or of this one's host */
export type FindPicture = (ready: ReadyLink) => Promise<Buffer | null>;

/** Fetches each picture once for all who want it, in its turn, keeps it, and leaves a shop that does not answer alone for a while. */
export function openProductPictures(deps: PictureDeps): FindPicture {
  const kept = new KeptBytes<Buffer | null>(LINK_PICTURES_BYTES_MAX, (picture) => picture?.length ?? 0);
  const underWay = new Map<string, Promise<Buffer | null>>();
  const enter = createTurns();

  async function fetchOnce(url: string): Promise<Buffer | null> {
    const picture = await enter(new URL(url).host, () => fetchPicture(deps, url));
    const seconds = picture === null ? LINK_PICTURE_RETRY_SECONDS : LINK_PICTURE_GOOD_SECONDS;
    kept.keep(url, picture, deps.clock.now().getTime() + seconds * 1000);
    return picture;
  }

  return async (ready) => {
    const url = pictureUrl(ready);
    if (url === null) return null;
    const known = kept.find(url, deps.clock.now().getTime());
    if (known !== undefined) return known;
    const running = underWay.get(url) ?? fetchOnce(url).finally(() => underWay.delete(url));
    underWay.set(url, running);
    return await running;
  };
}

/** First the turn of the host, then that of all: who waits for a slow shop takes nobody's place. */
function createTurns(): <T>(host: string, work: () => Promise<T>) => Promise<T> {
  const all = createGate(LINK_PICTURE_FETCHES_AT_A_TIME, LINK_PICTURE_FETCHES_WAITING_MAX);
  const hosts = new Map<string, { gate: Gate; inside: number }>();
  return async (host, work) => {
    const known = hosts.get(host);
    const gate = known?.gate ?? createGate(LINK_PICTURE_FETCHES_PER_HOST, LINK_PICTURE_FETCHES_WAITING_PER_HOST_MAX);
    const turn = known ?? { gate, inside: 0 };
    hosts.set(host, turn);
    turn.inside += 1;
    try {
      return await turn.gate.enter(() => all.enter(work));
    } finally {
      turn.inside -= 1;
      if (turn.inside === 0) hosts.delete(host);
    }
  };
}

/** A host that is no longer proved shows nothing any more. */
function pictureUrl({ link, targets }: ReadyLink): string | null {
  const { imageUrl } = link;
  return imageUrl !== null && URL.canParse(imageUrl) && targets.has(new URL(imageUrl).host) ? imageUrl : null;
}

async function fetchPicture({ safeFetch, log }: PictureDeps, url: string): Promise<Buffer | null> {
  const page = await safeFetch.fetch({
    url,
    types: ['image/png', 'image/jpeg', 'image/webp'],
    bytesMax: LINK_PICTURE_BYTES_MAX,
    timeoutMs: LINK_PICTURE_FETCH_MS_MAX,
    hopsMax: LINK_PICTURE_HOPS_MAX,
  });
  const isWhole = page.kind === 'page' && page.status === 200 && !page.cut;
  const picture = isWhole ? stripPicture(page.body) : null;
  if (picture !== null) return picture;
  const reason = page.kind !== 'page' ? page.reason : isWhole ? 'not a picture' : `status ${page.status}`;
  log.info({ host: new URL(url).host, reason }, "a product's picture could not be had");
  return null;
}
