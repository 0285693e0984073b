import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Aes, Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import type { MerchantSettings } from '../../src/sandbox/wallets/wechatpay/settings.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../../src/sandbox/wallets/wechatpay/wechatpay.ts';
import { pay } from '../../src/wallets/wechatpay/orders.ts';
import { statement } from '../../src/wallets/wechatpay/statement.ts';
import { startTestWorld } from '../../src/wallets/wechatpay/test-world.ts';

/* A merchant's client that somebody else wrote for the real WeChat Pay, pointed at our simulator. */

let sandbox: WechatpaySandbox;
let ear: { server: Server; url: string };

beforeAll(async () => {
  ear = await listen();
  const system = { clock: systemClock, random: systemRandom, log: silentLog };
  sandbox = await startWechatpaySandbox({ port: 0, dataDir: null, refundDelayMs: 0, ...system });
});
afterAll(async () => {
  await sandbox.stop();
  ear.server.closeAllConnections();
  await new Promise((resolve) => ear.server.close(resolve));
});

describe.each([
  ['by certificate', 0],
  ['by public key', 1],
] as const)('wechatpay-axios-plugin, %s', (_name, index) => {
  const settings = (): MerchantSettings => sandbox.extraMerchants[index] ?? sandbox.merchantSettings;

  test('orders by QR code, asks, closes, and believes the signed replies', async () => {
    const client = clientOf(settings());
    const orderNo = nextOrderNo();
    const placed = await client.post('v3/pay/transactions/native', orderOf(settings(), orderNo));
    expect(placed.data['code_url']).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=/);
    expect((await query(settings(), orderNo)).data).toMatchObject({ out_trade_no: orderNo, trade_state: 'NOTPAY' });
    const closed = await client.post(`${pathOf(orderNo)}/close`, { mchid: settings().mchid });
    expect(closed.status).toBe(204);
    expect((await query(settings(), orderNo)).data).toMatchObject({ trade_state: 'CLOSED' });
  });

  test('orders inside WeChat, is told of the payment, refunds, and is told of the refund', async () => {
    const client = clientOf(settings());
    const orderNo = nextOrderNo();
    const payer = { openid: await whoPays(settings()) };
    const placed = await client.post('v3/pay/transactions/jsapi', { ...orderOf(settings(), orderNo), payer });
    expect(placed.data['prepay_id']).toMatch(/^wx\d{14}[0-9a-f]{20}$/);
    expect(await openInWechat(settings(), `prepay_id=${String(placed.data['prepay_id'])}`)).toBe(200);

    sandbox.pay(orderNo);
    const paid = await query(settings(), orderNo);
    expect(paid.data).toMatchObject({ trade_state: 'SUCCESS', amount: { total: 1234, currency: 'CNY' }, payer });
    const told = { out_trade_no: orderNo, transaction_id: paid.data['transaction_id'], trade_state: 'SUCCESS' };
    expect(await readNotification(settings(), orderNo)).toMatchObject(told);

    const refundNo = nextOrderNo();
    const refunded = await client.post('v3/refund/domestic/refunds', {
      out_trade_no: orderNo,
      out_refund_no: refundNo,
      notify_url: ear.url,
      amount: { refund: 234, total: 1234, currency: 'CNY' },
    });
    expect(refunded.data).toMatchObject({ out_refund_no: refundNo, amount: { refund: 234 } });
    const toldOfRefund = { out_refund_no: refundNo, refund_status: 'SUCCESS', amount: { refund: 234 } };
    expect(await readNotification(settings(), refundNo)).toMatchObject(toldOfRefund);
    const asked = await client.get(`v3/refund/domestic/refunds/${refundNo}`);
    expect(asked.data).toMatchObject({ status: 'SUCCESS', refund_id: refunded.data['refund_id'] });
  });

  test('throws a reply away that is not signed as it must be', async () => {
    const orderNo = nextOrderNo();
    await clientOf(settings()).post('v3/pay/transactions/native', orderOf(settings(), orderNo));
    for (const kind of ['bad_signature', 'signtest', 'unsigned', 'unknown_serial', 'old_time']) {
      sandbox.setFault({ operation: 'query', kind, times: 1 });
      await expect(query(settings(), orderNo), kind).rejects.toThrow();
    }
    expect((await query(settings(), orderNo)).data).toMatchObject({ trade_state: 'NOTPAY' });
  });

  test('is refused with the key of somebody else', async () => {
    const key = sandbox.merchantSettings.merchant_private_key_pem;
    const asked = query({ ...settings(), merchant_private_key_pem: key }, nextOrderNo());
    await expect(asked).rejects.toMatchObject({ response: { status: 401, data: { code: 'SIGN_ERROR' } } });
  });
});

test('fetches the platform certificates and opens them with the APIv3 key', async () => {
  const settings = sandbox.extraMerchants[0] ?? sandbox.merchantSettings;
  const { data } = await clientOf(settings).get('v3/certificates');
  const { data: sealed } = data as { data: { encrypt_certificate: { nonce: string; ciphertext: string } }[] }; // as documented
  const opened = sealed.map(({ encrypt_certificate: { ciphertext, nonce } }) =>
    Aes.AesGcm.decrypt(ciphertext, settings.api_v3_key, nonce, 'certificate'),
  );
  expect(opened).toHaveLength(2);
  expect(opened[0]).toBe(settings.platform_certificates_pem);
});

test('reads the bill that the simulator makes', async () => {
  const world = await startTestWorld();
  try {
    const { clock, config, deps } = world;
    const orderNo = nextOrderNo();
    await pay(deps, config, {
      orderNo,
      orderedAt: clock.now(),
      amount: { currency: 'CNY', minor: 1234n },
      scene: 'qr',
      subject: '咖啡',
      expiresAt: new Date(clock.now().getTime() + 900_000),
      notifyUrl: world.notifyUrl,
      returnUrl: 'https://shop.example/return',
      buyerIp: null,
      payer: null,
      paymentCode: null,
    });
    world.sandbox.pay(orderNo);
    clock.advanceMs(36 * 3_600_000);
    const reply = await statement.fetch(deps, config, '2026-11-23');
    if (reply.kind !== 'file') throw new Error(`no bill: ${reply.kind}`);
    expect(Formatter.castCsvBill(gunzipSync(reply.file))).toMatchObject({
      rows: [{ 商户订单号: orderNo, 交易状态: 'SUCCESS', 订单金额: '12.34', 手续费: '0.07000' }],
      summary: { 总交易单数: '1.0', 订单总金额: '12.34' },
    });
  } finally {
    await world.stop();
  }
});

interface Answer {
  status: number;
  data: Record<string, unknown>;
}

interface Client {
  get(path: string, config?: object): Promise<Answer>;
  post(path: string, body: object): Promise<Answer>;
}

function clientOf(settings: MerchantSettings): Client {
  const client = new Wechatpay({
    baseURL: `${settings.api_url}/`,
    mchid: settings.mchid,
    serial: settings.merchant_serial_no,
    privateKey: settings.merchant_private_key_pem,
    certs: platformKeys(settings),
    headers: settings.platform_public_key_id ? { 'Wechatpay-Serial': settings.platform_public_key_id } : {},
  });
  return {
    get: (path, config = {}) => client.chain(path).get<Record<string, unknown>>(config),
    post: (path, body) => client.chain(path).post<object, Answer>(body),
  };
}

function platformKeys(settings: MerchantSettings): Record<string, string> {
  const { platform_public_key_id: id, platform_public_key_pem: pem, platform_certificates_pem: certificate } = settings;
  const byKey = id === undefined ? {} : { [id]: pem ?? '' };
  return certificate === undefined ? byKey : { ...byKey, [serialOf(certificate)]: certificate };
}

function serialOf(certificate: string): string {
  return new X509Certificate(certificate).serialNumber;
}

function query(settings: MerchantSettings, orderNo: string): Promise<Answer> {
  return clientOf(settings).get(pathOf(orderNo), { params: { mchid: settings.mchid } });
}

function pathOf(orderNo: string): string {
  return `v3/pay/transactions/out-trade-no/${orderNo}`;
}

let count = 0;
function nextOrderNo(): string {
  count += 1;
  return `F${process.pid}N${String(count).padStart(8, '0')}`;
}

function orderOf(settings: MerchantSettings, orderNo: string): object {
  return {
    appid: settings.appid,
    mchid: settings.mchid,
    description: '云南咖啡 2 袋',
    out_trade_no: orderNo,
    notify_url: ear.url,
    amount: { total: 1234, currency: 'CNY' },
  };
}

/** What a page inside WeChat does to learn the openid. */
async function whoPays(settings: MerchantSettings): Promise<string> {
  const ask = {
    appid: settings.appid,
    redirect_uri: 'https://shop.example/',
    response_type: 'code',
    scope: 'snsapi_base',
  };
  const url = `${settings.oauth_url}/connect/oauth2/authorize?${new URLSearchParams(ask).toString()}`;
  const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '');
  const redeem = {
    appid: settings.appid,
    secret: settings.app_secret,
    code: back.searchParams.get('code') ?? '',
    grant_type: 'authorization_code',
  };
  const reply = await fetch(`${settings.sns_url}/sns/oauth2/access_token?${new URLSearchParams(redeem).toString()}`);
  const { openid } = (await reply.json()) as { openid: string }; // as documented
  return openid;
}

/** Signed by the client's own helpers, as a page would hand it to the bridge. */
async function openInWechat(settings: MerchantSettings, packed: string): Promise<number> {
  const timeStamp = String(Formatter.timestamp());
  const nonceStr = Formatter.nonce();
  const text = Formatter.joinedByLineFeed(settings.appid, timeStamp, nonceStr, packed);
  const paySign = Rsa.sign(text, settings.merchant_private_key_pem);
  const fields = { appId: settings.appid, timeStamp, nonceStr, package: packed, signType: 'RSA', paySign };
  const reply = await fetch(`${settings.api_url}/client/open`, { method: 'POST', body: JSON.stringify(fields) });
  return reply.status;
}

/** Verified and opened by the client's own helpers. */
async function readNotification(settings: MerchantSettings, orderNo: string): Promise<unknown> {
  const find = () => sandbox.notificationsSent().find((sent) => sent.orderNo === orderNo);
  await expect.poll(find).toBeDefined();
  const { headers = {}, body = '' } = find() ?? {};
  const text = Formatter.response(headers['wechatpay-timestamp'] ?? '', headers['wechatpay-nonce'] ?? '', body);
  const key = platformKeys(settings)[headers['wechatpay-serial'] ?? ''] ?? '';
  const signature = headers['wechatpay-signature'] ?? '';
  expect(Rsa.verify(text, signature, key)).toBe(true);
  expect(Rsa.verify(`${text} `, signature, key)).toBe(false);
  const { resource } = JSON.parse(body) as { resource: Record<'ciphertext' | 'nonce' | 'associated_data', string> }; // as documented
  const opened = Aes.AesGcm.decrypt(resource.ciphertext, settings.api_v3_key, resource.nonce, resource.associated_data);
  return JSON.parse(opened);
}

async function listen(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return { server, url: `http://127.0.0.1:${address.port}/notify` };
}
