import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { chooseLang, type Lang } from '../base/lang.ts';
import { FORM_BYTES_MAX } from '../base/limits.ts';
import { isOurFault } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { API_PATH } from '../payer/order.ts';
import { HOOKS_PATH } from '../payer/manifest.ts';
import type { ProtocolReply } from '../payer/sign-reply.ts';
import type { AppDeps } from './app-deps.ts';
import { consentPage, consentStyleHash, refusedPage, signInFirstPage } from './consent-page.ts';
import { cookiesOf } from './cookies.ts';
import { consentPolicy } from './security-headers.ts';

/** The Open Wallet Protocol on this server: shops ask below `API_PATH`, with signatures of their own and no cookies. */
export function openWalletRoutes(deps: AppDeps): (app: FastifyInstance) => Promise<void> {
  const { protocol } = deps.payer;
  return async (app) => {
    app.removeAllContentTypeParsers();
    // Signatures are over the bytes as they came: nobody reads them before.
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.get('/.well-known/open-wallet', async (_request, reply) => sendReply(reply, await protocol.manifest()));
    app.get(`${API_PATH}/authorize`, (request, reply) => showConsent(deps, request, reply));
    app.post(`${API_PATH}/authorize`, { bodyLimit: FORM_BYTES_MAX }, (request, reply) =>
      decideConsent(deps, request, reply),
    );
    app.all(`${API_PATH}/*`, async (request, reply) => sendReply(reply, await protocol.answer(toProtocol(request))));
    if (protocol.answerHook !== null) {
      const { answerHook } = protocol;
      app.post(`${HOOKS_PATH}/*`, async (request, reply) => {
        checkHook(request);
        const told = await answerHook(pathOf(request).slice(HOOKS_PATH.length), bodyOf(request));
        return reply.code(told.status).header('cache-control', 'no-store').send(JSON.stringify(told.body));
      });
    }
    app.setErrorHandler(async (error, request, reply) => {
      // Nothing can be signed just now: what has become of the request is not known, and a reply without a signature says no more.
      if (isOurFault(error)) throw error;
      if (!pathOf(request).startsWith(`${API_PATH}/`) || pathOf(request) === `${API_PATH}/authorize`) throw error;
      // What could not be read whole is answered as what it is: not signed over what came.
      return sendReply(reply, await protocol.answer({ ...toProtocol(request), body: Buffer.alloc(0) }));
    });
  };
}

function toProtocol(request: FastifyRequest) {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return { method: request.method, target: request.raw.url ?? '', headers, body: bodyOf(request) };
}

function sendReply(reply: FastifyReply, { status, headers, body }: ProtocolReply): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers, 'cache-control': 'no-store' })
    .send(body);
}

function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function pathOf(request: FastifyRequest): string {
  return (request.raw.url ?? '').split('?')[0] ?? '';
}

/** Hooks play people: only for this machine, and only in JSON, which no page of another site can send. @throws Refusal */
function checkHook(request: FastifyRequest): void {
  const isHere = /^(?:127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/.test(request.socket.remoteAddress ?? '');
  const isNamedSo = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(request.headers.host ?? '');
  const isForwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined;
  if (!isHere || !isNamedSo || isForwarded) throw new Refusal('not_found', 'there is no such address');
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new Refusal('content_type_unsupported', 'send application/json');
}

/** GET: shows who asks. The person's cookie does not come along from another site's link, and is not needed yet. */
async function showConsent(deps: AppDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const query = new URL(request.raw.url ?? '', deps.walletUrl).searchParams;
  const wish = await deps.payer.protocol.readWish(query);
  const lang = langOf(request, query);
  if (wish === null) return sendPage(reply.code(400), refusedPage(lang), null);
  return sendPage(reply, consentPage(wish, lang), wish.returnUrl);
}

/** POST, from our own page: with the cookie, as the form is of this site. */
async function decideConsent(deps: AppDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isOwn = (origin === undefined || origin === deps.walletUrl) && (site === undefined || site === 'same-origin');
  if (!isOwn) throw new Refusal('foreign_site', 'only our own page may ask this');
  if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? ''))
    throw new Refusal('content_type_unsupported', 'send the form');
  const form = new URLSearchParams(bodyOf(request).toString('utf8'));
  const { protocol } = deps.payer;
  const wish = await protocol.readWish(form);
  const lang = langOf(request, new URL(request.raw.url ?? '', deps.walletUrl).searchParams);
  if (wish === null) return sendPage(reply.code(400), refusedPage(lang), null);
  if (form.get('answer') !== 'allow') return redirect(reply, protocol.refuseWish(wish));
  const { session: cookie } = cookiesOf(request, reply);
  const session = cookie === null ? null : await deps.users.authenticate(cookie, deps.clock.now());
  if (session === null) return sendPage(reply.code(401), signInFirstPage(lang), null);
  return redirect(reply, await protocol.grantWish(session, wish));
}

function langOf(request: FastifyRequest, query: URLSearchParams): Lang {
  return chooseLang(query.get('lang') ?? undefined, request.headers['accept-language']);
}

function redirect(reply: FastifyReply, url: string): FastifyReply {
  return reply.code(303).headers({ location: url, 'cache-control': 'no-store' }).send();
}

/** `same-origin`: under `no-referrer` browsers call the form's origin "null" (Fetch, "append a request Origin header"), and nobody could agree. */
function sendPage(reply: FastifyReply, page: string, returnUrl: string | null): FastifyReply {
  return reply
    .headers({
      'content-security-policy': consentPolicy(consentStyleHash, returnUrl),
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(page);
}
