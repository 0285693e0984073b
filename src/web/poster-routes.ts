import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../base/refusal.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { describePoster } from '../cashier/describe-poster.ts';
import { openQrCode } from '../cashier/pay-qr-code.ts';
import { qrCodeUrl } from '../cashier/qr-codes.ts';
import { qrPng, qrSvg } from '../qr/picture.ts';
import { posterPdf } from '../qr/poster-pdf.ts';
import { posterSvg } from '../qr/poster-svg.ts';
import { type Paper, PAPERS } from '../qr/poster.ts';
import { createKeeper } from './keep-pictures.ts';
import { queryOf } from './page-request.ts';

interface PictureParams {
  Params: { code: string };
}

const PAPER_USUAL: Paper = 'A5';
const PIXELS_PER_MODULE = 16;
/** A shop that renames itself or takes another wallet sees it on the poster within the hour. */
const CACHE_SECONDS = 3600;

/** A shop's code to print: the poster on three sizes of paper, and the code alone. Public, as the code itself is. */
export function mountPosterRoutes(app: FastifyInstance, cashier: Cashier): void {
  const keep = createKeeper();

  app.get<PictureParams>('/q/:code/poster.svg', hidden, async (request, reply) => {
    const { poster } = await describePoster(cashier, request.params.code);
    const paper = readPaper(queryOf(request, 'paper'));
    const svg = keep(`svg ${paper} ${JSON.stringify(poster)}`, async () => Buffer.from(await posterSvg(poster, paper)));
    return answer(request, reply, 'image/svg+xml', await svg);
  });

  app.get<PictureParams>('/q/:code/poster.pdf', hidden, async (request, reply) => {
    const { poster, changedAt } = await describePoster(cashier, request.params.code);
    const paper = readPaper(queryOf(request, 'paper'));
    const pdf = keep(`pdf ${paper} ${JSON.stringify(poster)}`, () => posterPdf(poster, paper, changedAt));
    return answer(request, reply, 'application/pdf', await pdf);
  });

  app.get<PictureParams>('/q/:code/qr.svg', hidden, async (request, reply) => {
    const { code } = await openQrCode(cashier, request.params.code);
    return answer(request, reply, 'image/svg+xml', Buffer.from(qrSvg(qrCodeUrl(cashier.deps, code.id), 'quartile')));
  });

  app.get<PictureParams>('/q/:code/qr.png', hidden, async (request, reply) => {
    const { code } = await openQrCode(cashier, request.params.code);
    const url = qrCodeUrl(cashier.deps, code.id);
    return answer(
      request,
      reply,
      'image/png',
      await keep(`png ${url}`, () => qrPng(url, 'quartile', PIXELS_PER_MODULE)),
    );
  });
}

const hidden = { schema: { hide: true } } as const;

function readPaper(asked: string | null): Paper {
  if (asked === null) return PAPER_USUAL;
  if (!Object.hasOwn(PAPERS, asked)) throw new Refusal('invalid_request', 'paper is A4, A5 or A6', { param: 'paper' });
  return asked as Paper; // one of the table's own keys
}

/** Opened by itself an SVG is a page, so it gets the policy of one that may do nothing. */
const SVG_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

function answer(request: FastifyRequest<PictureParams>, reply: FastifyReply, type: string, body: Buffer): FastifyReply {
  const file = request.url.split('?')[0]?.split('/').at(-1) ?? '';
  return reply
    .headers({
      'content-type': type,
      'content-disposition': `inline; filename="${request.params.code}-${file}"`,
      'cache-control': `public, max-age=${CACHE_SECONDS}`,
      ...(type === 'image/svg+xml' ? { 'content-security-policy': SVG_POLICY } : {}),
    })
    .send(body);
}
