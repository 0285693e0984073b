import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader } from '../../links/links.ts';
import { goneReason } from '../../links/open/decide-opening.ts';
import { CARD_SIZES, type CardShape } from '../../links/preview/card-layout.ts';
import type { LinkCards, SentPicture } from '../../links/preview/link-cards.ts';
import { queryOf } from '../page-request.ts';
import { findLink, type LinkParams, linkPaths } from './link-address.ts';

export interface CardRouteDeps {
  clock: Clock;
  reader: LinkReader;
  cards: LinkCards;
  /** Whether the operator lets nobody go on from this link. */
  isBlocked: (ready: ReadyLink) => boolean;
}

/** What is taken down is gone from others' memories as soon; a picture that is still the same costs them a question. */
const SECONDS = 300;

/** A link's card (`?shape=wide`, `tall` or `square`) and its product's picture. Public, as the link itself is. */
export function mountCardRoutes(app: FastifyInstance, deps: CardRouteDeps): void {
  for (const url of linkPaths('/card.png')) {
    app.get<LinkParams>(url, hidden, async (request, reply) => {
      const ready = await findShown(deps, request);
      const shape = readShape(queryOf(request, 'shape'));
      return answer(request, reply, await deps.cards.card(ready, shape));
    });
  }
  for (const url of linkPaths('/picture')) {
    app.get<LinkParams>(url, hidden, async (request, reply) => {
      const ready = await findShown(deps, request);
      const picture = await deps.cards.picture(ready);
      if (picture === null) throw new Refusal('not_found', 'the link has no picture');
      return answer(request, reply, picture);
    });
  }
}

const hidden = { schema: { hide: true }, exposeHeadRoute: true } as const;

/** A link that opens nothing any more shows nothing any more. @throws Refusal not_found */
export async function findShown(
  { reader, clock, isBlocked }: Pick<CardRouteDeps, 'reader' | 'clock' | 'isBlocked'>,
  request: FastifyRequest<LinkParams>,
): Promise<ReadyLink> {
  const ready = await findLink(reader, request);
  if (ready === null || goneReason(ready, clock.now()) !== null || isBlocked(ready))
    throw new Refusal('not_found', 'there is no such link');
  return ready;
}

function readShape(asked: string | null): CardShape {
  if (asked === null) return 'wide';
  if (!Object.hasOwn(CARD_SIZES, asked))
    throw new Refusal('invalid_request', 'shape is wide, tall or square', { param: 'shape' });
  return asked as CardShape; // one of the table's own keys
}

/** Opened by itself a picture is a page, too: it may do nothing. */
const POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

function answer(
  request: FastifyRequest<LinkParams>,
  reply: FastifyReply,
  { type, body, etag }: SentPicture,
): FastifyReply {
  reply.headers({
    'content-type': type,
    'content-security-policy': POLICY,
    // A card may be shown by any site: that is what it is for.
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': `public, max-age=${SECONDS}`,
    etag,
  });
  if (isSame(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.send(body);
}

/** RFC 9110, 13.1.2: a list of entity tags, compared weakly. */
function isSame(asked: string | undefined, etag: string): boolean {
  return (asked ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
