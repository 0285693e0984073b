import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function newCode(more: object = {}): Promise<string> {
  const made = await server.call('POST', '/v1/qr-codes', { label: '3 号桌', currency: 'CNY', ...more });
  expect(made.status, JSON.stringify(made.json)).toBe(201);
  return made.json.id;
}

async function openPage(path: string): Promise<{ status: number; body: string }> {
  const reply = await fetch(server.url + path, { redirect: 'manual' });
  return { status: reply.status, body: await reply.text() };
}

async function send(path: string, fields: Record<string, string>) {
  const body = new URLSearchParams(fields);
  const reply = await fetch(server.url + path, { method: 'POST', body, redirect: 'manual' });
  return { status: reply.status, body: await reply.text(), location: reply.headers.get('location') };
}

function nonceOf(body: string): string {
  return /name="nonce" value="([^"]+)"/.exec(body)?.[1] ?? '';
}

async function paymentBehind(location: string | null) {
  const id = /\/c\/(pay_[^/]+)\//.exec(location ?? '')?.[1];
  return (await server.call('GET', `/v1/payments/${id}`)).json;
}

describe('the page behind a printed code', () => {
  test('takes an amount and a note and leads to the cashier of a new payment', async () => {
    const code = await newCode();
    const page = await openPage(`/q/${code}?lang=en`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Pay 测试小店');
    const sent = await send(`/q/${code}?lang=en`, {
      nonce: nonceOf(page.body),
      amount: '￥12。5',
      note: '  不要\n香菜 ',
    });
    expect(sent.status).toBe(303);
    expect(sent.location).toMatch(/^\/c\/pay_[^/]+\/[^?]+\?lang=en$/);
    const payment = await paymentBehind(sent.location);
    expect(payment).toMatchObject({ amount: { currency: 'CNY', minor: '1250' }, subject: '不要 香菜' });
    expect(payment.metadata).toEqual({ qr_code: code });
  });

  test('the same page sent twice makes one payment', async () => {
    const code = await newCode();
    const fields = { nonce: nonceOf((await openPage(`/q/${code}`)).body), amount: '1', note: '' };
    const [first, second] = [await send(`/q/${code}`, fields), await send(`/q/${code}`, fields)];
    expect(second.location).toBe(first.location);
  });

  test('without a note the payment is for what the code is called', async () => {
    const code = await newCode();
    const nonce = nonceOf((await openPage(`/q/${code}`)).body);
    const sent = await send(`/q/${code}`, { nonce, amount: '0.01', note: '' });
    expect(await paymentBehind(sent.location)).toMatchObject({ subject: '3 号桌', amount: { minor: '1' } });
  });

  test.each([
    ['nothing', '', '请输入金额。'],
    ['abc', 'abc', '请只输入数字，例如 12.50。'],
    ['-5', '-5', '请只输入数字，例如 12.50。'],
    ['1,50', '1,50', '请只输入数字，例如 12.50。'],
    ['1e3', '1e3', '请只输入数字，例如 12.50。'],
    ['0x10', '0x10', '请只输入数字，例如 12.50。'],
    ['1.005', '1.005', '金额最多两位小数。'],
    ['0', '0', '金额要大于零。'],
    ['0.00', '0.00', '金额要大于零。'],
    ['10000000000', '10000000000', '金额太大了，请分几次付。'],
    ['5000 digits', '9'.repeat(5000), '金额太大了，请分几次付。'],
  ])('%s as the amount is told as wrong, and what was typed stands there again', async (_, amount, line) => {
    const code = await newCode();
    const nonce = nonceOf((await openPage(`/q/${code}?lang=zh-CN`)).body);
    const sent = await send(`/q/${code}?lang=zh-CN`, { nonce, amount, note: 'hello' });
    expect(sent.status).toBe(400);
    expect(sent.body).toContain(line);
    expect(sent.body).toContain(`value="${amount}"`);
    expect(sent.body).toContain('value="hello"');
  });

  test('a note that is too long is told', async () => {
    const code = await newCode();
    const nonce = nonceOf((await openPage(`/q/${code}`)).body);
    const sent = await send(`/q/${code}?lang=en`, { nonce, amount: '1', note: '好'.repeat(41) });
    expect(sent.status).toBe(400);
    expect(sent.body).toContain('A note has at most 40 characters.');
  });

  test('a code with an amount of its own takes that, whatever is sent', async () => {
    const code = await newCode({ amount: { currency: 'CNY', minor: '880' } });
    const page = await openPage(`/q/${code}`);
    expect(page.body).toContain('¥8.80');
    expect(page.body).not.toContain('name="amount"');
    const sent = await send(`/q/${code}`, { nonce: nonceOf(page.body), amount: '0.01', note: '' });
    expect(await paymentBehind(sent.location)).toMatchObject({ amount: { minor: '880' } });
  });

  test('escapes what a stranger types', async () => {
    const code = await newCode();
    const nonce = nonceOf((await openPage(`/q/${code}`)).body);
    const sent = await send(`/q/${code}`, { nonce, amount: '"><script>1</script>', note: '<img src=x>' });
    expect(sent.body).not.toContain('<script>1');
    expect(sent.body).not.toContain('<img');
  });

  test.each([
    ['no nonce', { amount: '1', note: '' }],
    ['a nonce of its own making', { amount: '1', note: '', nonce: 'x'.repeat(32) }],
  ])('a form with %s is refused in words', async (_, fields: Record<string, string>) => {
    const sent = await send(`/q/${await newCode()}`, fields);
    expect(sent.status).toBe(400);
    expect(sent.body).toContain('data-testid="message"');
  });

  test('the place to stand in for goes along to the cashier in test mode', async () => {
    const code = await newCode();
    const page = await openPage(`/q/${code}?as=alipay`);
    expect(page.body).toContain('正在模拟：支付宝');
    const sent = await send(`/q/${code}?as=alipay`, { nonce: nonceOf(page.body), amount: '1', note: '' });
    expect(sent.location).toContain('as=alipay');
  });

  test('a code that is switched off, and one that does not exist, are told in words', async () => {
    const code = await newCode();
    await server.call('PATCH', `/v1/qr-codes/${code}`, { enabled: false });
    for (const path of [`/q/${code}`, `/q/${code}/poster.pdf`, `/q/${code}/qr.png`]) {
      const off = await openPage(path);
      expect(off.status).toBe(409);
      expect(off.body).toContain('data-kind="code_off"');
    }
    expect((await openPage('/q/qr_nothing')).body).toContain('data-kind="not_found"');
  });
});

describe('the pictures of a printed code', () => {
  test.each([
    ['poster.svg', 'image/svg+xml', '<svg '],
    ['poster.svg?paper=A4', 'image/svg+xml', 'width="210mm"'],
    ['poster.pdf', 'application/pdf', '%PDF-'],
    ['qr.svg', 'image/svg+xml', '<svg '],
    ['qr.png', 'image/png', '\u0089PNG'],
  ])('%s is public and may be kept for a while', async (name, type, beginning) => {
    const reply = await fetch(`${server.url}/q/${await newCode()}/${name}`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe(type);
    expect(reply.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
    expect(
      Buffer.from(await reply.arrayBuffer())
        .toString('latin1')
        .slice(0, 200),
    ).toContain(beginning);
  });

  test('a paper that we do not have is refused', async () => {
    expect((await openPage(`/q/${await newCode()}/poster.pdf?paper=A0`)).status).toBe(400);
    expect((await openPage(`/q/${await newCode()}/poster.pdf?paper=toString`)).status).toBe(400);
  });
});
