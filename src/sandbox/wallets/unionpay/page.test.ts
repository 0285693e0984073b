import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import {
  type TestMerchant,
  type Wire,
  isTrusted,
  openMerchant,
  payFields,
  post,
  postForm,
  queryFields,
  signAs,
} from './test-merchant.ts';
import { type UnionpaySandbox, startUnionpaySandbox } from './unionpay.ts';

let sandbox: UnionpaySandbox;
let shop: TestMerchant;

beforeAll(async () => {
  const deps = { clock: systemClock, random: systemRandom, log: silentLog };
  sandbox = await startUnionpaySandbox({ port: 0, ...deps, dataDir: null, notifyDelaysMs: [] });
  shop = openMerchant(sandbox.merchantSettings);
});

afterAll(() => sandbox.stop());

const frontUrl = () => `${sandbox.url}/gateway/api/frontTransReq.do`;

/** Sends the payer's browser to the gateway; answers the page's address and the order's token. */
async function arrive(more: Wire = {}): Promise<{ fields: Wire; url: string; token: string }> {
  const fields = payFields(shop, more);
  const reply = await postForm(frontUrl(), signAs(shop, fields));
  expect(reply.status).toBe(303);
  const url = new URL(reply.headers.get('location') ?? '', sandbox.url);
  return { fields, url: url.href, token: url.searchParams.get('order') ?? '' };
}

async function read(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Presses a button of the page and answers the page that follows. */
async function press(token: string, form: Wire): Promise<{ url: string; page: string }> {
  const reply = await postForm(`${sandbox.url}/pay`, { order: token, ...form });
  expect(reply.status).toBe(303);
  const url = new URL(reply.headers.get('location') ?? '', sandbox.url).href;
  return { url, page: await read(url) };
}

/** The hidden fields of the form that goes to the merchant. */
function hiddenFields(page: string): Wire {
  const unescape = (text: string) =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  const inputs = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, unescape(value)]));
}

describe('the payer', () => {
  test('sees merchant, goods, order and amount, in Chinese or English, marked as a simulator', async () => {
    const { fields, url } = await arrive({ riskRateInfo: '{commodityName=龙井新茶}', txnAmt: '123456' });
    const page = await read(url);
    for (const text of ['互通演示商店', '龙井新茶', fields.orderId ?? '', '¥1234.56', '模拟器', '确认支付'])
      expect(page).toContain(text);
    const english = await read(`${url}&lang=en`);
    for (const text of ['lang="en"', 'Pay with', 'Simulator']) expect(english).toContain(text);
  });

  test('pays and goes back with the signed fields in a form', async () => {
    const { fields, token } = await arrive();
    const { page } = await press(token, { action: 'pay', card: '1', pin: '123456' });
    expect(page).toContain('支付成功');
    expect(page).toContain(`action="${fields.frontUrl}"`);
    const back = hiddenFields(page);
    expect(back).toMatchObject({
      respCode: '00',
      orderId: fields.orderId,
      txnAmt: '8800',
      accNo: '6258***********6688',
    });
    expect(isTrusted(shop.settings, back)).toBe(true);
    expect(sandbox.orders({ orderNo: fields.orderId ?? '' })[0]?.state).toBe('succeeded');
  });

  test('is told of a wrong PIN and pays on the second try; paying twice pays once', async () => {
    const { fields, token } = await arrive();
    const wrong = await press(token, { action: 'pay', card: '0', pin: '000000' });
    expect(wrong.page).toContain('密码错误');
    expect(await post(shop, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '65' });
    for (const pin of ['', '12345', 'abcdef']) {
      expect((await press(token, { action: 'pay', card: '0', pin })).page).toContain('密码错误');
    }
    expect((await press(token, { action: 'pay', card: '0', pin: '111111' })).page).toContain('支付成功');
    expect((await press(token, { action: 'pay', card: '0', pin: '111111' })).page).toContain('支付成功');
    expect((await press(token, { action: 'decline' })).page).toContain('支付成功');
    expect(sandbox.orders({ orderNo: fields.orderId ?? '' })).toMatchObject([{ state: 'succeeded' }]);
  });

  test('with a card without money is told so and picks another', async () => {
    const { token } = await arrive();
    expect((await press(token, { action: 'pay', card: '2', pin: '123456' })).page).toContain('卡上余额不足');
    expect((await press(token, { action: 'pay', card: '0', pin: '123456' })).page).toContain('支付成功');
  });

  test('declines: a link leads back without any field, and the order can still be paid', async () => {
    const { fields, token, url } = await arrive({ frontFailUrl: 'http://127.0.0.1:9/failed?a=1&b=2' });
    const { page } = await press(token, { action: 'decline', reason: '38' });
    expect(page).toContain('风险受限');
    expect(page).toContain('href="http://127.0.0.1:9/failed?a=1&amp;b=2"');
    expect(hiddenFields(page)).toEqual({});
    expect(await post(shop, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '38' });
    expect(await read(url)).toContain('确认支付');
  });

  test('lets the order run out of time', async () => {
    const { fields, token, url } = await arrive();
    expect((await press(token, { action: 'expire' })).page).toContain('订单已超时');
    expect(await read(url)).toContain('订单已超时');
    expect((await press(token, { action: 'pay', card: '0', pin: '123456' })).page).toContain('订单已超时');
    expect(sandbox.orders({ orderNo: fields.orderId ?? '' })[0]?.state).toBe('closed');
  });

  test('of an app order comes with its tn and goes back into the app', async () => {
    const answer = await post(shop, 'appTransReq.do', payFields(shop));
    const page = await read(`${sandbox.url}/pay?tn=${answer.tn}`);
    const { order = '' } = hiddenFields(page);
    const done = await press(order, { action: 'pay', card: '0', pin: '123456' });
    expect(done.page).toContain('请回到商户的应用');
    expect(await read(`${sandbox.url}/pay?tn=${answer.tn}`)).toContain('支付成功');
  });
});

describe('the page', () => {
  test('of an order that is not accepted names the code; the same request again may go on', async () => {
    const signed = signAs(shop, payFields(shop));
    const forged = await postForm(frontUrl(), { ...signed, txnAmt: '1' });
    expect(forged.status).toBe(200);
    expect(await forged.text()).toContain('data-resp-code="11"');
    await postForm(frontUrl(), signed);
    const again = await (await postForm(frontUrl(), signed)).text();
    expect(again).toContain('data-resp-code="12"');
    expect(again).toContain('继续支付原订单');
    const other = await (await postForm(frontUrl(), signAs(shop, { ...signed, txnAmt: '1' }))).text();
    expect(other).toContain('data-resp-code="12"');
    expect(other).not.toContain('继续支付原订单');
  });

  test('escapes what merchants send and lets no foreign script in', async () => {
    const { url } = await arrive({
      riskRateInfo: '{commodityName=<script>alert("1")</script>}',
      frontUrl: 'http://127.0.0.1:9/"><script>alert(2)</script>',
    });
    const reply = await fetch(url);
    const page = await reply.text();
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('&lt;script&gt;');
    const policy = reply.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).not.toContain('unsafe');
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  test('of an order that nobody knows is 404', async () => {
    for (const query of ['order=nope', 'tn=123456789012345678901', '']) {
      expect((await fetch(`${sandbox.url}/pay?${query}`)).status).toBe(404);
    }
    expect((await postForm(`${sandbox.url}/pay`, { action: 'pay', pin: '123456' })).status).toBe(404);
  });

  test('brings its style, script and Chinese font with it', async () => {
    const { url } = await arrive();
    const page = await read(url);
    const paths = [...page.matchAll(/(?:href|src)="(\/(?:assets|font)\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(new Set(paths).size).toBe(5);
    for (const path of paths) expect((await fetch(sandbox.url + path)).status).toBe(200);
    const css = await read(`${sandbox.url}/font/index.css`);
    const font = await fetch(`${sandbox.url}/font/${/files\/[^)]+woff2/.exec(css)?.[0]}`);
    expect(font.headers.get('content-type')).toBe('font/woff2');
    expect(font.headers.get('cache-control')).toContain('max-age=31536000');
    await font.arrayBuffer();
  });
});
