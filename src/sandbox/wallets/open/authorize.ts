import type { FastifyInstance, FastifyReply } from 'fastify';
import { html } from '../../../base/html.ts';
import { layout } from '../ground/page-layout.ts';
import { gonePage } from '../ground/page-html.ts';
import { sendPage } from '../ground/page.ts';
import { type Language, readLanguage } from '../ground/page-text.ts';
import { BASE_PATH } from './manifest.ts';
import { payerIdOf } from './orders.ts';
import { hasOnly, readAddress, readOptional } from './read.ts';
import { type Answer, type Asked, type OpenSide, problem } from './wallet.ts';

interface Wish {
  merchantNo: string;
  merchantName: string;
  returnUrl: string;
  state: string;
}

const TEXT = {
  zh: { title: '授权登录', ask: '申请获得你的用户标识，用于本次付款', allow: '同意', deny: '拒绝' },
  en: { title: 'Sign in', ask: 'asks who you are, to take this payment', allow: 'Allow', deny: 'Deny' },
} as const;

/** The page on which a person says who they are to a merchant's page in the wallet's own browser. */
export function registerAuthorize(app: FastifyInstance, side: OpenSide): void {
  app.get<{ Querystring: Record<string, string> }>('/authorize', (request, reply) => {
    const language = readLanguage(request.query['lang']);
    const wish = readWish(side, new URLSearchParams(Object.entries(request.query)));
    if (wish === null) return sendPage(reply.status(400), gonePage(side.brand, language));
    return sendPage(reply, consentPage(side, wish, language), true);
  });
  app.post('/authorize', (request, reply) => {
    const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    const wish = readWish(side, form);
    if (wish === null) return sendPage(reply.status(400), gonePage(side.brand, readLanguage(form.get('lang'))));
    return sendBack(side, reply, wish, form.get('answer') === 'allow');
  });
}

/** A fresh one-time code that tells this merchant who the person is. */
export function givePayerCode(side: OpenSide, merchantNo: string): string {
  const code = side.ground.random.bytes(24).toString('base64url');
  side.ground.grants.give(code, { merchantNo });
  return code;
}

/** POST /payers */
export function exchangePayerCode(side: OpenSide, asked: Asked): Answer {
  const code = readOptional(asked.members['code'], 128);
  if (typeof code !== 'string' || !hasOnly(asked.members, ['code'])) return problem('malformed');
  const { merchantNo } = asked.merchant;
  const grant = side.ground.grants.take(code);
  if (grant?.['merchantNo'] !== merchantNo) return problem('payer_code_refused');
  return { status: 200, body: { payer_id: payerIdOf(merchantNo) } };
}

function sendBack(side: OpenSide, reply: FastifyReply, wish: Wish, isAllowed: boolean): FastifyReply {
  const url = new URL(wish.returnUrl);
  if (isAllowed) url.searchParams.set('code', givePayerCode(side, wish.merchantNo));
  else url.searchParams.set('error', 'refused');
  if (wish.state !== '') url.searchParams.set('state', wish.state);
  return reply.redirect(url.href, 303);
}

function readWish(side: OpenSide, query: URLSearchParams): Wish | null {
  const merchant = side.keys.merchants.get(query.get('merchant_no') ?? '');
  const returnUrl = readAddress(query.get('return_url'));
  const state = query.get('state') ?? '';
  if (merchant === undefined || returnUrl === null || state.length > 256) return null;
  return { merchantNo: merchant.merchantNo, merchantName: merchant.name, returnUrl, state };
}

function consentPage(side: OpenSide, wish: Wish, language: Language) {
  const text = TEXT[language];
  const query = new URLSearchParams({ merchant_no: wish.merchantNo, return_url: wish.returnUrl, state: wish.state });
  const field = (name: string, value: string) => html`<input type="hidden" name="${name}" value="${value}">`;
  return layout({
    brand: side.brand,
    language,
    selfPath: `${BASE_PATH}/authorize?${query.toString()}&lang=`,
    title: text.title,
    content: html`
<section class="panel result">
  <h1>${text.title}</h1>
  <p class="reason"><b>${wish.merchantName}</b> ${text.ask}</p>
  <form method="post" action="${BASE_PATH}/authorize">
    ${field('merchant_no', wish.merchantNo)}${field('return_url', wish.returnUrl)}${field('state', wish.state)}${field('lang', language)}
    <button class="main" name="answer" value="allow">${text.allow}</button>
    <button class="plain" name="answer" value="deny">${text.deny}</button>
  </form>
</section>`,
  });
}
