import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HutongSignatureError, verifyWebhook } from './src/index.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const otherSecret = `whsec_${randomBytes(32).toString('base64')}`;
const id = 'evt_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const body = JSON.stringify({
  type: 'payment.succeeded',
  timestamp: '2026-03-01T04:05:06.000Z',
  data: { id: 'pay_1', subject: '一杯茶 ☕', amount: { currency: 'CNY', minor: '1234' } },
});

/** Headers as the standard's own library signs them. */
function headersOf(secrets: readonly string[], at = new Date(), text = body): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((each) => new Webhook(each).sign(id, at, text)).join(' '),
  };
}

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);
const refused = { name: 'HutongSignatureError' };

afterEach(() => vi.useRealTimers());

describe('a genuine message', () => {
  test('is read, with its id and with amounts as bigint', async () => {
    const event = await verifyWebhook(body, headersOf([secret]), secret);
    expect(event).toMatchObject({ id, type: 'payment.succeeded', data: { amount: { currency: 'CNY', minor: 1234n } } });
    if (event.type === 'payment.succeeded') expect(event.data.subject).toBe('一杯茶 ☕'); // the type is narrowed
  });

  test('may come as bytes, with Headers, and with headers in any case', async () => {
    const headers = headersOf([secret]);
    expect(await verifyWebhook(Buffer.from(body), new Headers(headers), secret)).toMatchObject({ id });
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(await verifyWebhook(new TextEncoder().encode(body), upper, secret)).toMatchObject({ id });
  });

  test('passes while secrets are being changed, on either side', async () => {
    expect(await verifyWebhook(body, headersOf([otherSecret, secret]), secret)).toMatchObject({ id });
    expect(await verifyWebhook(body, headersOf([secret]), [otherSecret, secret])).toMatchObject({ id });
    await expect(verifyWebhook(body, headersOf([otherSecret]), secret)).rejects.toMatchObject(refused);
  });

  test('signed with ed25519 needs the public key only', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const whpk = `whpk_${Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`;
    const headers = headersOf([secret]);
    const signed = Buffer.from(`${id}.${headers['webhook-timestamp']}.${body}`);
    headers['webhook-signature'] += ` v1a,${sign(null, signed, privateKey).toString('base64')}`;
    expect(await verifyWebhook(body, headers, whpk)).toMatchObject({ id });
    await expect(verifyWebhook(`${body} `, headers, whpk)).rejects.toMatchObject(refused);
    await expect(verifyWebhook(body, headersOf([secret]), whpk)).rejects.toMatchObject(refused);
  });

  test('may be five minutes old, or as old as the caller says', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    expect(await verifyWebhook(body, headersOf([secret], secondsAgo(290)), secret)).toMatchObject({ id });
    for (const at of [secondsAgo(310), secondsAgo(-310)]) {
      await expect(verifyWebhook(body, headersOf([secret], at), secret)).rejects.toThrow(HutongSignatureError);
      expect(await verifyWebhook(body, headersOf([secret], at), secret, { toleranceSeconds: 600 })).toMatchObject({
        id,
      });
    }
  });
});

describe('a message is refused', () => {
  const good = headersOf([secret]);
  const signature = good['webhook-signature'] ?? '';
  test.each<[string, string, Record<string, string | undefined>]>([
    ['another body', body.replace('1234', '9999'), good],
    ['a space more', `${body} `, good],
    ['no body', '', good],
    ['another id', body, { ...good, 'webhook-id': 'evt_2' }],
    ['another time', body, { ...good, 'webhook-timestamp': String(Number(good['webhook-timestamp']) + 1) }],
    ['no id', body, { ...good, 'webhook-id': undefined }],
    ['no time', body, { ...good, 'webhook-timestamp': undefined }],
    ['no signature', body, { ...good, 'webhook-signature': undefined }],
    ['an empty signature', body, { ...good, 'webhook-signature': '' }],
    ['a bare v1', body, { ...good, 'webhook-signature': 'v1' }],
    ['an empty v1', body, { ...good, 'webhook-signature': 'v1,' }],
    ['an unknown version', body, { ...good, 'webhook-signature': signature.replace('v1,', 'v2,') }],
    ['an HMAC passed off as ed25519', body, { ...good, 'webhook-signature': signature.replace('v1,', 'v1a,') }],
    ['a byte more', body, { ...good, 'webhook-signature': `${signature.slice(0, -1)}AA==` }],
    ['half of it', body, { ...good, 'webhook-signature': signature.slice(0, 24) }],
    ['base64url', body, { ...good, 'webhook-signature': `v1,${'_'.repeat(43)}=` }],
    ['hex', body, { ...good, 'webhook-signature': `v1,${createHmac('sha256', 'x').update(body).digest('hex')}` }],
    ['a time that is no number', body, { ...good, 'webhook-timestamp': 'NaN' }],
    ['a negative time', body, { ...good, 'webhook-timestamp': '-1' }],
    ['a time in exponents', body, { ...good, 'webhook-timestamp': '1e9' }],
    ['a megabyte of signatures', body, { ...good, 'webhook-signature': 'v1,AAAA '.repeat(131_072) }],
  ])('with %s', async (_what, text, headers) => {
    await expect(verifyWebhook(text, headers, secret)).rejects.toMatchObject(refused);
  });

  test.each(['', 'whsec_', 'whsec_dG9vIHNob3J0', 'secret', 'whpk_AAAA', 'whsk_AAAA'])(
    'whatever it is, when the secret is %j: that is a mistake in the receiver',
    async (bad) => {
      await expect(verifyWebhook(body, good, bad)).rejects.toThrow(TypeError);
    },
  );

  test('when nobody gives a secret', async () => {
    await expect(verifyWebhook(body, good, [])).rejects.toMatchObject(refused);
  });

  test('when it was parsed before: that is a mistake in the receiver', async () => {
    const parsed: string = JSON.parse(body); // what a body parser hands on, called a string by mistake
    await expect(verifyWebhook(parsed, good, secret)).rejects.toThrow('as it came');
  });
});
