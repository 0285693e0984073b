import { createServer } from 'node:http';
import { AlipaySdk } from 'alipay-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { type AlipaySandbox, startAlipaySandbox } from '../../src/sandbox/wallets/alipay/alipay.ts';

/* The wallet's own client, pointed at our simulator: what it signs is taken, and what we sign it believes. */

let sandbox: AlipaySandbox;
let ear: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  sandbox = await startAlipaySandbox({
    port: 0,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    dataDir: null,
  });
  ear = await listen();
});
afterAll(async () => {
  await sandbox.stop();
  await ear.close();
});

const CLIENTS: readonly [string, () => AlipaySdk][] = [
  ['in key mode', () => keyClient(sandbox.merchantSettings)],
  ['in certificate mode', () => certificateClient()],
];

describe.each(CLIENTS)('alipay-sdk %s', (_name, clientOf) => {
  const checked = { validateSign: true };

  test('shows a code, sees it paid, gives a part back and asks for it; every answer is signed', async () => {
    const client = clientOf();
    const orderNo = newNo();
    const shown = await client.exec('alipay.trade.precreate', { ...notifying(), bizContent: order(orderNo) }, checked);
    expect(shown).toMatchObject({ code: '10000', outTradeNo: orderNo });
    const before = await client.exec('alipay.trade.query', { bizContent: { out_trade_no: orderNo } }, checked);
    expect(before, 'nobody has scanned it').toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' });
    await fetch(String(shown['qrCode']));
    const waiting = await client.exec('alipay.trade.query', { bizContent: { out_trade_no: orderNo } }, checked);
    expect(waiting).toMatchObject({ code: '10000', tradeStatus: 'WAIT_BUYER_PAY' });
    sandbox.pay(orderNo);
    const paid = await client.exec('alipay.trade.query', { bizContent: { out_trade_no: orderNo } }, checked);
    expect(paid).toMatchObject({ tradeStatus: 'TRADE_SUCCESS', totalAmount: '12.34' });

    const refundNo = newNo();
    const back = { out_trade_no: orderNo, refund_amount: '2.34', out_request_no: refundNo };
    const refunded = await client.exec('alipay.trade.refund', { bizContent: back }, checked);
    expect(refunded).toMatchObject({ code: '10000', fundChange: 'Y', refundFee: '2.34' });
    const again = await client.exec('alipay.trade.refund', { bizContent: back }, checked);
    expect(again).toMatchObject({ code: '10000', fundChange: 'N', refundFee: '2.34' });
    const asked = await client.exec('alipay.trade.fastpay.refund.query', { bizContent: back }, checked);
    expect(asked).toMatchObject({ refundStatus: 'REFUND_SUCCESS', refundAmount: '2.34', outRequestNo: refundNo });
  });

  test('closes an unpaid order, and is told that a paid one cannot be closed', async () => {
    const client = clientOf();
    const open = newNo();
    await openPage(client.pageExec('alipay.trade.page.pay', 'GET', { ...notifying(), bizContent: order(open) }));
    const closed = await client.exec('alipay.trade.close', { bizContent: { out_trade_no: open } }, checked);
    expect(closed).toMatchObject({ code: '10000', outTradeNo: open });
    const asked = await client.exec('alipay.trade.query', { bizContent: { out_trade_no: open } }, checked);
    expect(asked).toMatchObject({ tradeStatus: 'TRADE_CLOSED' });
    const paid = newNo();
    await openPage(`${client.config.gateway}?${client.sdkExec('alipay.trade.app.pay', { bizContent: order(paid) })}`);
    sandbox.pay(paid);
    const refused = await client.exec('alipay.trade.close', { bizContent: { out_trade_no: paid } }, checked);
    expect(refused).toMatchObject({ code: '40004', subCode: 'ACQ.REASON_TRADE_STATUS_INVALID' });
  });

  test('charges a payment code and undoes it', async () => {
    const client = clientOf();
    const orderNo = newNo();
    const bizContent = { ...order(orderNo), scene: 'bar_code', auth_code: sandbox.paymentCode('pays') };
    const charged = await client.exec('alipay.trade.pay', { bizContent }, checked);
    expect(charged).toMatchObject({ code: '10000', totalAmount: '12.34' });
    const undone = await client.exec('alipay.trade.cancel', { bizContent: { out_trade_no: orderNo } }, checked);
    expect(undone).toMatchObject({ code: '10000', action: 'refund', retryFlag: 'N' });
  });

  test('believes a notification, and none with another amount', async () => {
    const client = clientOf();
    const orderNo = newNo();
    await openPage(client.pageExec('alipay.trade.wap.pay', 'GET', { ...notifying(), bizContent: order(orderNo) }));
    sandbox.pay(orderNo);
    await expect.poll(() => ear.heard(orderNo).length).toBeGreaterThan(0);
    const [notification = {}] = ear.heard(orderNo);
    expect(notification).toMatchObject({ trade_status: 'TRADE_SUCCESS', total_amount: '12.34' });
    expect(client.checkNotifySignV2(notification)).toBe(true);
    expect(client.checkNotifySignV2({ ...notification, total_amount: '12.35' })).toBe(false);
  });

  test('throws when an answer was signed by somebody else', async () => {
    const client = clientOf();
    const orderNo = newNo();
    sandbox.setFault({ operation: 'query', kind: 'bad_signature', times: 1, orderNo });
    const asked = client.exec('alipay.trade.query', { bizContent: { out_trade_no: orderNo } }, checked);
    await expect(asked).rejects.toThrow('验签失败');
  });
});

test('a client with a key of nobody is refused', async () => {
  const { app_id, gateway_url, alipay_public_key } = sandbox.merchantSettings;
  const privateKey = sandbox.extraMerchants[0]?.private_key ?? '';
  const client = new AlipaySdk({
    appId: app_id,
    privateKey,
    keyType: 'PKCS8',
    alipayPublicKey: alipay_public_key,
    gateway: gateway_url,
  });
  const refused = await client.exec('alipay.trade.query', { bizContent: { out_trade_no: newNo() } });
  expect(refused).toMatchObject({ code: '40002', subCode: 'isv.invalid-signature' });
});

function keyClient(settings: AlipaySandbox['merchantSettings']): AlipaySdk {
  const { app_id, private_key, alipay_public_key, gateway_url } = settings;
  return new AlipaySdk({
    appId: app_id,
    privateKey: private_key,
    alipayPublicKey: alipay_public_key,
    gateway: gateway_url,
  });
}

/** It computes the certificates' serial numbers by itself. */
function certificateClient(): AlipaySdk {
  const [settings] = sandbox.extraMerchants;
  if (settings === undefined) throw new Error('there is a merchant in certificate mode');
  return new AlipaySdk({
    appId: settings.app_id,
    privateKey: settings.private_key,
    keyType: 'PKCS8',
    appCertContent: settings.app_certificate_pem,
    alipayPublicCertContent: settings.alipay_certificate_pem,
    alipayRootCertContent: settings.alipay_root_certificate_pem,
    gateway: settings.gateway_url,
  });
}

function notifying(): { notifyUrl: string } {
  return { notifyUrl: ear.url };
}

function order(orderNo: string): Record<string, string> {
  return { out_trade_no: orderNo, total_amount: '12.34', subject: '云南咖啡 100% + 茶' };
}

let count = 0;
function newNo(): string {
  count += 1;
  return `SDK${process.pid}N${String(count).padStart(6, '0')}`;
}

async function openPage(url: string): Promise<void> {
  const reply = await fetch(url);
  expect(await reply.text()).toContain('支付宝');
  expect(new URL(reply.url).pathname).toBe('/pay');
}

async function listen() {
  const heard: Record<string, string>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())));
      response.end('success');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    heard: (orderNo: string) => heard.filter((one) => one['out_trade_no'] === orderNo),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
