import type { NextAction, PayRequest, WalletDeps } from '../wallet.ts';
import type { WechatpayConfig } from './config.ts';
import { type Json, textAt } from './parse.ts';
import { appidOf } from './requests.ts';
import { paySignText, signRsa } from './sign.ts';

/** What the buyer's side does with a placed order. Null: the answer lacks what is needed. Source: API v3. */

/** H5: the phone's browser goes to WeChat Pay's page, which opens the app and comes back to us. */
export async function h5Action(
  _deps: WalletDeps,
  config: WechatpayConfig,
  request: PayRequest,
  answer: Json,
): Promise<NextAction | null> {
  const text = textAt(answer, 'h5_url');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !isTheirPage(config, url)) return null;
  // Appended as text: the address is theirs and stays as it came.
  const separator = url.search === '' ? '?' : '&';
  return { type: 'redirect', url: `${text}${separator}redirect_url=${encodeURIComponent(request.returnUrl)}` };
}

/** Native: a QR code for WeChat's scanner. */
export async function nativeAction(
  _deps: WalletDeps,
  _config: WechatpayConfig,
  _request: PayRequest,
  answer: Json,
): Promise<NextAction | null> {
  const text = textAt(answer, 'code_url');
  return /^weixin:\/\/[\x21-\x7e]{1,500}$/.test(text) ? { type: 'qr', text } : null;
}

/** JSAPI: the page inside WeChat hands these fields to its bridge. */
export async function jsapiAction(
  deps: WalletDeps,
  config: WechatpayConfig,
  request: PayRequest,
  answer: Json,
): Promise<NextAction | null> {
  const prepayId = prepayIdOf(answer);
  if (prepayId === null) return null;
  const { timestamp, nonce } = stampAndNonce(deps);
  const packed = `prepay_id=${prepayId}`;
  const paySign = await signRsa(paySignText(config.appid, timestamp, nonce, packed), config.privateKey);
  return {
    type: 'jsapi',
    bridge: 'WeixinJSBridge',
    fields: { appId: config.appid, timeStamp: timestamp, nonceStr: nonce, package: packed, signType: 'RSA', paySign },
    testPageUrl: config.environment === 'production' ? null : testPageUrl(config, prepayId, request.returnUrl),
  };
}

/** APP: the merchant's app hands these fields to WeChat's SDK as a PayReq. */
export async function appAction(
  deps: WalletDeps,
  config: WechatpayConfig,
  _request: PayRequest,
  answer: Json,
): Promise<NextAction | null> {
  const prepayId = prepayIdOf(answer);
  if (prepayId === null) return null;
  const { timestamp, nonce } = stampAndNonce(deps);
  const appid = appidOf(config, 'app');
  const sign = await signRsa(paySignText(appid, timestamp, nonce, prepayId), config.privateKey);
  const fields = {
    appid,
    partnerid: config.mchid,
    prepayid: prepayId,
    package: 'Sign=WXPay',
    noncestr: nonce,
    timestamp,
    sign,
  };
  return { type: 'app_request', fields };
}

/** The H5 page is at wx.tenpay.com; a simulator has its own at its own place. */
function isTheirPage(config: WechatpayConfig, url: URL): boolean {
  if (config.environment === 'production') return url.origin === 'https://wx.tenpay.com';
  return url.origin === config.apiUrl || url.origin === 'https://wx.tenpay.com';
}

/** Where a simulator stands in for the bridge of WeChat's browser. */
function testPageUrl(config: WechatpayConfig, prepayId: string, returnUrl: string): string {
  const query = new URLSearchParams({ prepay_id: prepayId, redirect_url: returnUrl });
  return `${config.apiUrl}/jsapi/pay?${query.toString()}`;
}

function prepayIdOf(answer: Json): string | null {
  const prepayId = textAt(answer, 'prepay_id');
  return /^[0-9A-Za-z_-]{1,64}$/.test(prepayId) ? prepayId : null;
}

function stampAndNonce(deps: WalletDeps): { timestamp: string; nonce: string } {
  const timestamp = Math.floor(deps.clock.now().getTime() / 1000).toString();
  return { timestamp, nonce: deps.random.bytes(16).toString('hex') };
}
