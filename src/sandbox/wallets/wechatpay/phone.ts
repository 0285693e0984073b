import type { FastifyInstance, FastifyReply } from 'fastify';
import { SANDBOX_WECHATPAY_H5_MINUTES, SANDBOX_WECHATPAY_PREPAY_MINUTES } from '../../../base/limits.ts';
import type { Order } from '../ground/order.ts';
import { gonePage } from '../ground/page-html.ts';
import { isWebLink, payPath, sendPage } from '../ground/page.ts';
import { note } from '../ground/payments.ts';
import { BRAND } from './brand.ts';
import { type Json, readBody, textAt } from './check-body.ts';
import type { Gateway } from './gateway.ts';
import { openidOf, PERSON } from './numbers.ts';
import { isPaySigned } from './sign.ts';

/** What happens on the buyer's phone: pages of WeChat Pay, WeChat's quiet log-in, and what the app checks when it is opened. */
export function registerPhoneRoutes(app: FastifyInstance, gateway: Gateway): void {
  interface Opened {
    Querystring: { prepay_id?: string; redirect_url?: string };
  }
  // H5: the page that opens the app. It lives for five minutes.
  app.get<Opened>('/cgi-bin/mmpayweb-bin/checkmweb', (request, reply) =>
    openOrder(gateway, reply, request.query, { via: 'h5', minutes: SANDBOX_WECHATPAY_H5_MINUTES }),
  );
  // Stands for WeixinJSBridge, which only WeChat's own browser has.
  app.get<Opened>('/jsapi/pay', (request, reply) =>
    openOrder(gateway, reply, request.query, { via: 'jsapi', minutes: SANDBOX_WECHATPAY_PREPAY_MINUTES }),
  );
  // Stands for the bridge and for the app's SDK: what a page or an app hands over is checked as the app checks it.
  app.post('/client/open', (request, reply) => {
    const fields = Buffer.isBuffer(request.body) ? readBody(request.body) : null;
    const order = fields === null ? null : orderOfFields(gateway, fields);
    if (order === null) return reply.status(400).send({ err_msg: 'fail', err_desc: '支付验证签名失败' });
    return reply.send({ err_msg: 'ok', pay_url: gateway.url + payPath(order) });
  });
  registerLogin(app, gateway);
}

/** The order behind a `code_url`; a code that was replaced, or is older than two hours, is dead. */
export function scan(gateway: Gateway, text: string): Order | null {
  const order = gateway.books.findByWire('codeUrl', text);
  if (order === undefined || order.wire.codeUrl !== text) return null;
  return isFresh(gateway, order, SANDBOX_WECHATPAY_PREPAY_MINUTES) ? order : null;
}

/** The order of an app, by the prepay_id that the app has. */
export function findByPrepayId(gateway: Gateway, prepayId: string | undefined): Order | undefined {
  const order = prepayId === undefined ? undefined : gateway.books.findByWire('prepayId', prepayId);
  return order !== undefined && isFresh(gateway, order, SANDBOX_WECHATPAY_PREPAY_MINUTES) ? order : undefined;
}

function openOrder(
  gateway: Gateway,
  reply: FastifyReply,
  query: { prepay_id?: string; redirect_url?: string },
  rule: { via: string; minutes: number },
): FastifyReply {
  const order = gateway.books.findByWire('prepayId', query.prepay_id ?? '');
  if (order?.via !== rule.via || !isFresh(gateway, order, rule.minutes))
    return sendPage(reply.status(404), gonePage(BRAND, 'zh'));
  const returnUrl = query.redirect_url ?? '';
  if (isWebLink(returnUrl) && order.wire.returnUrl !== returnUrl) note(gateway, order, { returnUrl });
  return reply.redirect(payPath(order), 303);
}

function isFresh(gateway: Gateway, order: Order, minutes: number): boolean {
  const madeAtMs = Date.parse(order.wire.madeAt ?? '');
  return gateway.clock.now().getTime() - madeAtMs <= minutes * 60_000;
}

/** Null unless the fields are signed by the merchant for that very order. */
function orderOfFields(gateway: Gateway, fields: Json): Order | null {
  const isPage = fields['paySign'] !== undefined;
  const packed = textAt(fields, 'package');
  const prepayId = isPage ? packed.replace(/^prepay_id=/, '') : textAt(fields, 'prepayid');
  const order = findByPrepayId(gateway, prepayId);
  const merchant = gateway.keys.merchants.get(order?.merchantNo ?? '');
  if (order === undefined || merchant === undefined) return null;
  const parts = isPage
    ? [textAt(fields, 'appId'), textAt(fields, 'timeStamp'), textAt(fields, 'nonceStr'), packed]
    : [textAt(fields, 'appid'), textAt(fields, 'timestamp'), textAt(fields, 'noncestr'), prepayId];
  const isShaped = isPage
    ? fields['signType'] === 'RSA' && order.via === 'jsapi'
    : packed === 'Sign=WXPay' && textAt(fields, 'partnerid') === merchant.mchid && order.via === 'app';
  const signature = textAt(fields, isPage ? 'paySign' : 'sign');
  const isRight = isShaped && parts[0] === order.wire.appid && isPaySigned(merchant.publicKey, parts, signature);
  return isRight ? order : null;
}

/** 网页授权, scope snsapi_base: nothing is shown to the person; the browser comes back with a code for one use. */
function registerLogin(app: FastifyInstance, gateway: Gateway): void {
  app.get<{ Querystring: Record<string, string> }>('/connect/oauth2/authorize', (request, reply) => {
    const { appid = '', redirect_uri: back = '', response_type, scope, state = '' } = request.query;
    const isKnown = [...gateway.keys.merchants.values()].some((merchant) => merchant.appid === appid);
    const isAsked = response_type === 'code' && scope === 'snsapi_base' && /^[0-9A-Za-z]{0,128}$/.test(state);
    const isLink = isWebLink(back);
    if (!isKnown || !isAsked || !isLink) return sendPage(reply.status(400), gonePage(BRAND, 'zh'));
    const code = `0${gateway.random.bytes(16).toString('hex')}`;
    gateway.grants.give(code, { appid });
    const url = new URL(back);
    url.searchParams.set('code', code);
    url.searchParams.set('state', state);
    return reply.redirect(url.href, 302);
  });
  app.get<{ Querystring: Record<string, string> }>('/sns/oauth2/access_token', (request, reply) => {
    // WeChat answers JSON under the name of plain text.
    return reply.type('text/plain').send(JSON.stringify(redeem(gateway, request.query)));
  });
}

function redeem(gateway: Gateway, query: Record<string, string>): object {
  const { appid, secret, code = '', grant_type } = query;
  const merchant = [...gateway.keys.merchants.values()].find((one) => one.appid === appid);
  if (merchant === undefined) return { errcode: 40013, errmsg: 'invalid appid' };
  if (secret !== merchant.appSecret) return { errcode: 40125, errmsg: 'invalid appsecret' };
  if (grant_type !== 'authorization_code') return { errcode: 40002, errmsg: 'invalid grant_type' };
  const grant = gateway.grants.take(code);
  if (grant?.appid !== appid) return { errcode: 40029, errmsg: 'invalid code' };
  return {
    access_token: gateway.random.bytes(32).toString('base64url'),
    expires_in: 7200,
    refresh_token: gateway.random.bytes(32).toString('base64url'),
    openid: openidOf(merchant.appid, PERSON),
    scope: 'snsapi_base',
  };
}
