import { Type } from 'typebox';
import { LINK_URL_CHARS_MAX } from '../../base/link-limits.ts';
import type { Look, Previews } from '../../links/safety/open-previews.ts';
import { type RouteRow, row } from '../route.ts';

const closed = { additionalProperties: false } as const;
const textOrNull = Type.Union([Type.String(), Type.Null()]);

const pageAddress = Type.Object(
  { url: Type.String({ minLength: 1, maxLength: LINK_URL_CHARS_MAX, description: 'the address of a page' }) },
  closed,
);

const linkPreview = Type.Object({
  object: Type.Literal('link_preview'),
  /** Where the page came from after all redirects; as people may be shown it. */
  host: Type.String(),
  looks_like: textOrNull,
  /** Null where a page was seen. */
  note: textOrNull,
  title: textOrNull,
  description: textOrNull,
  site_name: textOrNull,
  image_url: textOrNull,
  price: Type.Union([Type.Object({ currency: Type.String(), minor: Type.String() }), Type.Null()]),
  availability: textOrNull,
  canonical_url: textOrNull,
});

/** What a page says of itself: for filling in a link before it is made. */
export function linkPreviewRoutes(previews: Pick<Previews, 'look'>): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/link-previews/read',
      operation: 'readLinkPreview',
      summary: 'Look at a page and tell what it says of itself, to fill in a link before it is made',
      tag: 'Links',
      scope: 'links',
      body: pageAddress,
      reply: { 200: linkPreview },
      // The claim of the key is left alone: nothing is changed, and a look is remembered for a while anyway.
      run: async ({ caller, body }) => ({
        status: 200,
        value: show(await previews.look(body.url, caller.merchantId)),
      }),
    }),
  ];
}

function show(look: Look): object {
  const preview = look.kind === 'page' ? look.preview : null;
  const host = look.kind === 'page' ? look.ended : look.asked;
  return {
    object: 'link_preview',
    host: host.shown,
    looks_like: host.looksLike,
    note: look.kind === 'none' ? look.note : null,
    title: preview?.title ?? null,
    description: preview?.description ?? null,
    site_name: preview?.siteName ?? null,
    image_url: preview?.imageUrl ?? null,
    price:
      preview === null || preview.price === null
        ? null
        : { currency: preview.price.currency, minor: preview.price.minor.toString() },
    availability: preview?.availability ?? null,
    canonical_url: preview?.canonical ?? null,
  };
}
