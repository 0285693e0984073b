import { createPublicKey, createVerify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { OutboundReply } from '../../base/outbound.ts';
import type { PayReply, PayRequest } from '../wallet.ts';
import { readConfig } from './config.ts';
import { pay } from './orders.ts';
import {
  answering,
  APPID,
  MCHID,
  merchant,
  merchantSettings,
  platform,
  publicKey,
  refusal,
  reply,
} from './pretend-wechatpay.ts';
import { fen, FOUND, NOT_FOUND, ORDER_NO, PAID, PAY } from './test-orders.ts';

const config = readConfig(merchantSettings());
const PREPAY_ID = 'wx201410272009395522657a690389285100';

describe('an order', () => {
  test('by QR code goes out as documented, signed by the merchant', async () => {
    const { deps, sent } = answering(reply(200, { code_url: 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz' }));
    expect(await pay(deps, config, PAY)).toEqual({
      kind: 'pending',
      action: { type: 'qr', text: 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz' },
    });
    const [call] = sent;
    expect(call).toMatchObject({ method: 'POST', url: 'http://127.0.0.1:1/v3/pay/transactions/native' });
    expect(JSON.parse(String(call?.body))).toEqual({
      appid: APPID,
      mchid: MCHID,
      description: '云南咖啡 2 袋',
      out_trade_no: ORDER_NO,
      time_expire: '2026-11-23T10:26:12+08:00',
      notify_url: PAY.notifyUrl,
      amount: { total: 1234, currency: 'CNY' },
    });
    expect(call?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'wechatpay-serial': publicKey.serial,
    });
    const pairs = new Map(
      [...(call?.headers['authorization'] ?? '').matchAll(/(\w+)="([^"]+)"/g)].map((m) => [m[1], m[2]]),
    );
    expect(new Set(pairs.keys())).toEqual(new Set(['mchid', 'nonce_str', 'serial_no', 'signature', 'timestamp']));
    expect(pairs.get('serial_no')).toBe(merchant.serial);
    const text = `POST\n/v3/pay/transactions/native\n${pairs.get('timestamp')}\n${pairs.get('nonce_str')}\n${String(call?.body)}\n`;
    const isSigned = createVerify('sha256')
      .update(text)
      .verify(createPublicKey(merchant.keyPem), pairs.get('signature') ?? '', 'base64');
    expect(isSigned).toBe(true);
  });

  test('without a public key asks for no particular key', async () => {
    const none = { platform_public_key_id: undefined, platform_public_key_pem: undefined };
    const { deps, sent } = answering(reply(200, { code_url: 'weixin://x' }, { by: platform }));
    expect(await pay(deps, readConfig(merchantSettings(none)), PAY)).toMatchObject({ kind: 'pending' });
    expect(sent[0]?.headers).not.toHaveProperty('wechatpay-serial');
  });

  test('in a phone’s browser goes to the H5 page and comes back to us', async () => {
    const h5Url = 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx2016&package=1037687096';
    const { deps, sent } = answering(reply(200, { h5_url: h5Url }));
    const live = readConfig(
      merchantSettings({ api_url: undefined, oauth_url: undefined, sns_url: undefined, h5_app_name: '店' }),
    );
    expect(await pay(deps, live, { ...PAY, scene: 'wap' })).toEqual({
      kind: 'pending',
      action: { type: 'redirect', url: `${h5Url}&redirect_url=${encodeURIComponent(PAY.returnUrl)}` },
    });
    expect(sent[0]?.url).toBe('https://api.mch.weixin.qq.com/v3/pay/transactions/h5');
    const scene = { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap', app_name: '店' } };
    expect(JSON.parse(String(sent[0]?.body))).toMatchObject({ scene_info: scene });
    const elsewhere = answering(reply(200, { h5_url: 'https://evil.example/?a=1' }));
    expect(await pay(elsewhere.deps, live, { ...PAY, scene: 'wap' })).toMatchObject({ kind: 'unknown' });
  });

  test('inside WeChat is signed for the bridge', async () => {
    const { deps, sent } = answering(reply(200, { prepay_id: PREPAY_ID }));
    const payer = { id: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', walletApp: null };
    const placed = await pay(deps, config, { ...PAY, scene: 'jsapi', payer });
    if (placed.kind !== 'pending' || placed.action?.type !== 'jsapi') throw new Error('no jsapi action');
    const { appId, timeStamp, nonceStr, package: packed, signType, paySign } = placed.action.fields;
    expect([appId, packed, signType]).toEqual([APPID, `prepay_id=${PREPAY_ID}`, 'RSA']);
    expect(isSigned([appId, timeStamp, nonceStr, packed], paySign)).toBe(true);
    expect(placed.action.bridge).toBe('WeixinJSBridge');
    expect(placed.action.testPageUrl).toContain(`/jsapi/pay?prepay_id=${PREPAY_ID}&redirect_url=`);
    expect(JSON.parse(String(sent[0]?.body))).toMatchObject({ payer: { openid: payer.id } });
    const live = readConfig(merchantSettings({ api_url: undefined, oauth_url: undefined, sns_url: undefined }));
    const real = await pay(answering(reply(200, { prepay_id: PREPAY_ID })).deps, live, {
      ...PAY,
      scene: 'jsapi',
      payer,
    });
    expect(real).toMatchObject({ action: { testPageUrl: null } });
  });

  test('in an app is signed over the bare prepay_id, for the app’s own appid', async () => {
    const { deps, sent } = answering(reply(200, { prepay_id: PREPAY_ID }));
    const placed = await pay(deps, config, { ...PAY, scene: 'app' });
    if (placed.kind !== 'pending' || placed.action?.type !== 'app_request') throw new Error('no app action');
    const { appid, partnerid, prepayid, package: packed, noncestr, timestamp, sign } = placed.action.fields;
    expect([appid, partnerid, prepayid, packed]).toEqual(['wx0123456789abcdef', MCHID, PREPAY_ID, 'Sign=WXPay']);
    expect(isSigned([appid, timestamp, noncestr, prepayid], sign)).toBe(true);
    expect(JSON.parse(String(sent[0]?.body))).toMatchObject({ appid: 'wx0123456789abcdef' });
  });

  test('tells 127 characters at most, and none that takes four bytes', async () => {
    const described = async (subject: string): Promise<unknown> => {
      const { deps, sent } = answering(reply(200, { code_url: 'weixin://x' }));
      await pay(deps, config, { ...PAY, subject });
      return JSON.parse(String(sent[0]?.body)).description;
    };
    expect(await described(`☕😀咖啡\u0000\n𠮷${'长'.repeat(200)}`)).toBe(`☕咖啡 ${'长'.repeat(123)}`);
    expect(await described('😀')).toBe('商品');
    expect(await described('half \ud83d')).toBe('half');
  });

  const lacking: [Partial<PayRequest>, Record<string, unknown>, object][] = [
    [{ scene: 'web' }, {}, { reason: 'other' }],
    [{ scene: 'jsapi' }, {}, { reason: 'other' }],
    [{ scene: 'wap', buyerIp: null }, {}, { reason: 'other' }],
    [{ scene: 'app' }, { app_appid: undefined }, { reason: 'merchant_misconfigured' }],
    [
      { scene: 'code', paymentCode: '130000000000000000' },
      { store_out_id: undefined },
      { reason: 'merchant_misconfigured' },
    ],
    [{ scene: 'code' }, {}, { reason: 'code_invalid' }],
    [{ amount: fen(0n) }, {}, { reason: 'amount_refused' }],
    [{ amount: fen(2n ** 60n) }, {}, { reason: 'amount_refused' }],
    [{ amount: { currency: 'USD', minor: 1n } }, {}, { reason: 'amount_refused' }],
  ];
  test.each(lacking)('that cannot be placed is refused without a call (%#)', async (changed, settings, failure) => {
    const { deps, sent } = answering();
    const placed = await pay(deps, readConfig(merchantSettings(settings)), { ...PAY, ...changed });
    expect(placed).toMatchObject({ kind: 'failed', ...failure });
    expect(sent).toEqual([]);
  });
});

describe('what is answered to an order', () => {
  const placed = (...replies: OutboundReply[]): Promise<PayReply> => pay(answering(...replies).deps, config, PAY);

  test('fails it when it is refused, signed, and there is no such order', async () => {
    const cases: [number, string, string][] = [
      [400, 'PARAM_ERROR', 'merchant_misconfigured'],
      [400, 'APPID_MCHID_NOT_MATCH', 'merchant_misconfigured'],
      [403, 'NO_AUTH', 'merchant_misconfigured'],
      [403, 'NOAUTH', 'merchant_misconfigured'],
      [403, 'RULE_LIMIT', 'limit_exceeded'],
      [429, 'FREQUENCY_LIMITED', 'wallet_busy'],
      [429, 'RATELIMIT_EXCEEDED', 'wallet_busy'],
      [500, 'OPENID_MISMATCH', 'merchant_misconfigured'],
      [400, 'INVALID_REQUEST', 'other'],
    ];
    for (const [status, code, reason] of cases)
      expect(await placed(refusal(status, code), NOT_FOUND), code).toMatchObject({
        kind: 'failed',
        reason,
        walletCode: code,
      });
  });

  test('fails it when the account is set up wrongly: then the question is refused too', async () => {
    const wrong = refusal(401, 'SIGN_ERROR');
    expect(await placed(wrong, wrong)).toMatchObject({ kind: 'failed', reason: 'merchant_misconfigured' });
    expect(await placed(wrong, refusal(500, 'SYSTEM_ERROR'))).toMatchObject({ kind: 'unknown' });
    expect(await placed(refusal(403, 'RULE_LIMIT'), wrong)).toMatchObject({ kind: 'unknown' });
  });

  test('is not believed when the refusal is not signed: the order stays open to question', async () => {
    const { headers: _, ...unsigned } = refusal(400, 'PARAM_ERROR') as Extract<OutboundReply, { kind: 'reply' }>; // made as a reply
    expect(await placed({ ...unsigned, headers: {} })).toMatchObject({ kind: 'unknown', walletCode: 'PARAM_ERROR' });
    const page = Buffer.from('<html>413</html>');
    expect(await placed({ kind: 'reply', status: 413, headers: {}, body: page })).toMatchObject({ kind: 'unknown' });
  });

  test('may be that it is paid already, in either spelling', async () => {
    for (const code of ['ORDER_PAID', 'ORDERPAID', 'INVALID_REQUEST', 'OUT_TRADE_NO_USED'])
      expect(await placed(refusal(400, code), reply(200, PAID)), code).toMatchObject({
        kind: 'succeeded',
        amount: fen(1234n),
      });
  });

  test('is not a failure when it says that the order is paid, even where a question does not find it yet', async () => {
    for (const code of ['ORDER_PAID', 'ORDERPAID', 'USERPAYING'])
      expect(await placed(refusal(400, code), NOT_FOUND), code).toMatchObject({ kind: 'unknown', walletCode: code });
  });

  test('is not final while the order is there and waits', async () => {
    expect(await placed(refusal(400, 'INVALID_REQUEST'), reply(200, FOUND))).toMatchObject({ kind: 'unknown' });
    expect(await placed(refusal(400, 'INVALID_REQUEST'), refusal(500, 'SYSTEM_ERROR'))).toMatchObject({
      kind: 'unknown',
    });
    const closed = reply(200, { ...FOUND, trade_state: 'CLOSED' });
    expect(await placed(refusal(400, 'ORDER_CLOSED'), closed)).toMatchObject({ kind: 'failed', reason: 'expired' });
  });

  test('is unknown where they are in trouble, say something unheard of, or say yes without what is needed', async () => {
    for (const code of ['SYSTEM_ERROR', 'SYSTEMERROR', 'BANK_ERROR', 'SERVICE_UNAVAILABLE', 'TELEPORTED'])
      expect(await placed(refusal(500, code), NOT_FOUND), code).toMatchObject({ kind: 'unknown', walletCode: code });
    expect(await placed(reply(200, {}))).toMatchObject({ kind: 'unknown' });
    expect(await placed(reply(200, { code_url: 'https://evil.example/' }))).toMatchObject({ kind: 'unknown' });
    expect(await placed(reply(502, null))).toMatchObject({ kind: 'unknown' });
  });

  test('is unknown when the signature is a probe twice; once, it is asked again', async () => {
    const probe = reply(
      200,
      { code_url: 'weixin://x' },
      { headers: { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/x' } },
    );
    const { deps, sent } = answering(probe, reply(200, { code_url: 'weixin://x' }));
    expect(await pay(deps, config, PAY)).toMatchObject({ kind: 'pending' });
    expect(sent.map((one) => one.body)).toEqual([sent[0]?.body, sent[0]?.body]);
    expect(await placed(probe)).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/probe/) });
    const code = answering(probe, reply(200, PAID));
    const charged = await pay(code.deps, config, { ...PAY, scene: 'code', paymentCode: '130000000000000000' });
    expect(charged, 'a code is not charged twice').toMatchObject({ kind: 'unknown' });
    expect(code.sent).toHaveLength(1);
  });

  test('was surely not sent, or may have been', async () => {
    expect(await placed({ kind: 'not_sent', reason: 'ECONNREFUSED' })).toMatchObject({
      kind: 'failed',
      reason: 'not_sent',
    });
    expect(await placed({ kind: 'no_answer', reason: 'cut' })).toMatchObject({ kind: 'unknown' });
  });
});

describe('a payment code', () => {
  const charged = (...replies: OutboundReply[]) =>
    pay(answering(...replies).deps, config, { ...PAY, scene: 'code', paymentCode: '130000000000000000' });

  test('is charged at once', async () => {
    expect(await charged(reply(200, PAID))).toMatchObject({ kind: 'succeeded', amount: fen(1234n) });
    const { deps, sent } = answering(reply(200, PAID));
    await pay(deps, config, { ...PAY, scene: 'code', paymentCode: '130000000000000000' });
    const body: unknown = JSON.parse(String(sent[0]?.body));
    expect(body).toMatchObject({
      payer: { auth_code: '130000000000000000' },
      scene_info: { store_info: { out_id: 'SHOP001' } },
    });
    expect(body).not.toHaveProperty('notify_url');
    expect(body).not.toHaveProperty('time_expire');
  });

  test('waits for the PIN, however that is said', async () => {
    const waiting = { kind: 'pending', action: null };
    expect(await charged(refusal(202, 'USERPAYING'))).toEqual(waiting);
    expect(await charged(refusal(403, 'USER_PAYING'))).toEqual(waiting);
    expect(await charged(reply(202, null))).toEqual(waiting);
    expect(await charged(reply(200, { ...FOUND, trade_state: 'USERPAYING' }))).toEqual(waiting);
  });

  test('that cannot pay has failed once the order itself says so', async () => {
    const dead = reply(200, { ...FOUND, trade_state: 'PAYERROR' });
    expect(await charged(refusal(403, 'NOT_ENOUGH'), dead)).toMatchObject({
      kind: 'failed',
      reason: 'insufficient_funds',
    });
    expect(await charged(refusal(403, 'TRADE_ERROR'), reply(200, FOUND))).toMatchObject({ kind: 'unknown' });
    expect(await charged(refusal(400, 'AUTH_CODE_INVALID'), NOT_FOUND)).toMatchObject({
      kind: 'failed',
      reason: 'code_invalid',
    });
  });
});

function isSigned(parts: readonly (string | undefined)[], signature: string | undefined): boolean {
  const text = parts.map((part) => `${part}\n`).join('');
  return createVerify('sha256')
    .update(text)
    .verify(createPublicKey(merchant.keyPem), signature ?? '', 'base64');
}
