import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unboundReplyCovered, verifyMessage } from '../wallets/open/verify.ts';
import { toPublicKey } from './believe-request.ts';
import { addShopKey, SMALL_ORDER_KEYS } from './shops.ts';
import { orderBody, rawKey, type Spoil, startTestPayer, type TestPayer } from './test-payer.ts';

let world: TestPayer;
beforeAll(async () => {
  world = await startTestPayer({ works: false });
});
afterAll(() => world.stop());

const stranger = generateKeyPairSync('ed25519').privateKey;
const seconds = (count: number): Date => new Date(world.clock.now().getTime() + count * 1000);

describe('what a shop may not be able to make is refused, and leaves nothing behind', () => {
  test.each<[string, () => Spoil, string]>([
    ['signed with another key', () => ({ key: stranger }), 'signature_refused'],
    ['signed under a key id that is not there', () => ({ keyId: 'k9' }), 'signature_refused'],
    ['by a shop that is not there', () => ({ merchantNo: 'H00000000000000' }), 'signature_refused'],
    ['by a shop number with SQL in it', () => ({ merchantNo: "H' or '1'='1" }), 'signature_refused'],
    ['signed for another wallet', () => ({ authority: 'other.example' }), 'signature_refused'],
    ['whose body was changed', () => ({ signedBody: '{}' }), 'signature_refused'],
    ['signed 301 seconds ago', () => ({ createdAt: seconds(-301) }), 'time_refused'],
    ['signed 301 seconds ahead', () => ({ createdAt: seconds(301) }), 'time_refused'],
    ['with a short nonce', () => ({ nonce: 'short' }), 'signature_refused'],
    ['with a nonce of other letters', () => ({ nonce: 'aaaaaaaaaaaaaaaa+' }), 'signature_refused'],
    ['of another content type', () => ({ contentType: 'text/plain' }), 'malformed'],
    ['with the charset of a trick', () => ({ contentType: 'application/json; charset=utf-7' }), 'malformed'],
    ['with a key twice', () => ({ raw: '{"amount":1,"amount":2}' }), 'malformed'],
    ['with __proto__', () => ({ raw: '{"__proto__":{"polluted":1}}' }), 'malformed'],
    ['with half a character', () => ({ raw: '{"a":"\\ud800"}' }), 'malformed'],
    ['deeper than anything', () => ({ raw: '['.repeat(10_000) }), 'malformed'],
    ['with something after the JSON', () => ({ raw: '{} {}' }), 'malformed'],
    ['with a byte order mark', () => ({ raw: '\ufeff{}' }), 'malformed'],
  ])('%s', async (_what, spoil, code) => {
    const told = await world.ask('POST', '/orders/SPOILED0001', orderBody(), spoil());
    expect(told.json['code']).toBe(code);
    expect(told.headers['content-type']).toBe('application/problem+json');
    expect((await world.ask('GET', '/orders/SPOILED0001')).json['code']).toBe('order_not_found');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.each(Object.entries(orderBody()).map(([name]) => name))('a missing %s', async (name) => {
    const told = await world.ask('POST', '/orders/SPOILED0002', { ...orderBody(), [name]: undefined });
    expect(told.json['code']).toBe('malformed');
  });

  test.each([
    ['a member more', { status: 'paid' }],
    ['minor as a number', { amount: { currency: 'CNY', minor: 1234 } }],
    ['minor 0', { amount: { currency: 'CNY', minor: '0' } }],
    ['minor 01', { amount: { currency: 'CNY', minor: '01' } }],
    ['minor -1', { amount: { currency: 'CNY', minor: '-1' } }],
    ['minor 1e3', { amount: { currency: 'CNY', minor: '1e3' } }],
    ['thirteen digits', { amount: { currency: 'CNY', minor: '1000000000000' } }],
    ['another currency', { amount: { currency: 'USD', minor: '1' } }],
    ['an amount with a member more', { amount: { currency: 'CNY', minor: '1', x: 1 } }],
    ['an empty subject', { subject: '' }],
    ['a subject with a line feed', { subject: 'a\r\nSet-Cookie: x=1' }],
    ['121 letters', { subject: '茶'.repeat(121) }],
    ['no zone', { expires_at: '2026-11-23T02:15:00' }],
    ['eight days ahead', { expires_at: '2026-12-01T02:15:01Z' }],
    ['javascript:', { return_url: 'javascript:alert(1)' }],
    ['an address with a name in it', { return_url: 'https://good@evil.example/' }],
    ['an address with a backslash', { return_url: 'https:\\\\evil.example' }],
    ['file:', { notify_url: 'file:///etc/passwd' }],
    ['a code without its scene', { payment_code: '97000000000000000000' }],
    ['the scene code without a code', { scene: 'code' }],
    ['the scene jsapi without a payer', { scene: 'jsapi' }],
  ])('%s', async (_what, changed) => {
    const told = await world.ask('POST', '/orders/SPOILED0003', orderBody(changed));
    expect(told.json['code']).toBe('malformed');
    expect(told.json['final']).toBe(true);
  });

  test('a scene that nobody has', async () => {
    const told = await world.ask('POST', '/orders/SPOILED0004', orderBody({ scene: 'face' }));
    expect(told.json['code']).toBe('scene_refused');
  });

  test.each(['/orders/short', '/orders/..%2Fadmin%2Fxx', '/orders/ORDER000-0001', `/orders/${'A'.repeat(33)}`])(
    'the number in %s',
    async (path) => {
      expect((await world.ask('GET', path)).json['code']).toBe('malformed');
    },
  );

  test.each(['/orders', '/nothing', '/orders/ORDER00001/steal', '/orders/ORDER00001/close/x', '/payers/x'])(
    'the address %s',
    async (path) => {
      expect((await world.ask('POST', path, {})).json['code']).toBe('not_found');
    },
  );
});

describe('a nonce', () => {
  const nonce = 'once-and-never-again';
  test('is taken once, whatever else the request says, also by a second process', async () => {
    expect((await world.ask('GET', '/orders/NONCE00001', undefined, { nonce })).json['code']).toBe('order_not_found');
    expect((await world.ask('GET', '/orders/NONCE00001', undefined, { nonce })).json['code']).toBe('nonce_used');
    const both = await Promise.all(
      Array.from({ length: 50 }, () => world.ask('GET', '/orders/NONCE00002', undefined, { nonce: `${nonce}2` })),
    );
    expect(both.filter(({ json }) => json['code'] === 'order_not_found')).toHaveLength(1);
  });

  test('of a request that was not believed is not taken', async () => {
    await world.ask('GET', '/orders/NONCE00003', undefined, { nonce: `${nonce}3`, key: stranger });
    const told = await world.ask('GET', '/orders/NONCE00003', undefined, { nonce: `${nonce}3` });
    expect(told.json['code']).toBe('order_not_found');
  });

  test('is swept when its signature is over, and not before', async () => {
    expect(await world.payer.sweep()).toBe(0);
    world.clock.advanceMs(361_000);
    expect(await world.payer.sweep()).toBeGreaterThan(50);
  });
});

describe('keys', () => {
  test('of a shop change without a stop: two at once, a revoked one is over at once', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const { merchantNo } = world.shop;
    await world.payer.addShopKey(merchantNo, { keyId: 'k2', publicKey: rawKey(publicKey) });
    await expect(
      world.payer.addShopKey(merchantNo, {
        keyId: 'k3',
        publicKey: rawKey(generateKeyPairSync('ed25519').publicKey),
      }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
    const ask = () => world.ask('GET', '/orders/KEYS000001', undefined, { key: privateKey, keyId: 'k2' });
    expect((await ask()).json['code']).toBe('order_not_found');
    await world.payer.revokeShopKey(merchantNo, 'k2');
    expect((await ask()).json['code']).toBe('signature_refused');
  });

  test.each(SMALL_ORDER_KEYS)('of small order are refused: %s', async (hex) => {
    const plain = Buffer.from(hex, 'hex');
    const signed = Buffer.from(plain);
    signed[31] = (signed[31] ?? 0) | 0x80;
    for (const publicKey of [plain, signed])
      await expect(addShopKey(world.deps, world.shop.merchantNo, { keyId: 'k4', publicKey })).rejects.toMatchObject({
        code: 'invalid_request',
      });
  });

  test('that are refused for their order are those of the curve: eight times such a point is nothing', () => {
    const orders = SMALL_ORDER_KEYS.map((hex) => isSmallOrder(Buffer.from(hex, 'hex')));
    expect(orders).toEqual(SMALL_ORDER_KEYS.map(() => true));
    expect(isSmallOrder(rawKey(generateKeyPairSync('ed25519').publicKey))).toBe(false);
  });

  test('of the wallet are announced a week before they sign, and listed a day after', async () => {
    const listed = async () => {
      const { body } = await world.payer.protocol.manifest();
      const { keys } = JSON.parse(body.toString('utf8')) as { keys: { kid: string; x: string }[] }; // our own manifest
      return keys;
    };
    const signer = async () => {
      const reply = await world.payer.protocol.manifest();
      const keys = new Map((await listed()).map((key) => [key.kid, toPublicKey(Buffer.from(key.x, 'base64url'))]));
      const verified = verifyMessage(reply, unboundReplyCovered(reply), 'owp-reply', keys, world.clock.now());
      return verified.isBelieved ? verified.keyId : null;
    };
    const names = async () => (await listed()).map(({ kid }) => kid).join(' ');
    expect([await names(), await signer()]).toEqual(['w1', 'w1']);
    expect((await world.payer.rotateKey()).keyId).toBe('w2');
    expect((await world.payer.rotateKey()).keyId).toBe('w2'); // one at a time
    expect([await names(), await signer()]).toEqual(['w2 w1', 'w1']);
    world.clock.advanceMs(7 * 86_400_000);
    expect([await names(), await signer()]).toEqual(['w2 w1', 'w2']);
    world.clock.advanceMs(86_400_000);
    expect([await names(), await signer()]).toEqual(['w2', 'w2']);
  });

  test('of the wallet do not stand in the database as they are', async () => {
    const rows = await world.sql<{ private_key_sealed: string }[]>`select private_key_sealed from payer_wallet_keys`;
    for (const row of rows) expect(row.private_key_sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/);
  });
});

describe('a stopped shop', () => {
  test('makes no new orders, and hears of the old ones', async () => {
    const soon = new Date(world.clock.now().getTime() + 60_000).toISOString();
    await world.ask('POST', '/orders/BEFORE0001', orderBody({ expires_at: soon }));
    await world.payer.setShopState(world.shop.merchantNo, 'stopped');
    const refused = await world.ask('POST', '/orders/AFTER00001', orderBody({ expires_at: soon }));
    expect(refused.json['code']).toBe('merchant_refused');
    expect((await world.ask('GET', '/orders/BEFORE0001')).json['state']).toBe('open');
    expect((await world.ask('POST', '/orders/BEFORE0001', orderBody({ expires_at: soon }))).status).toBe(200);
    await world.payer.setShopState(world.shop.merchantNo, 'active');
  });
});

describe('in live mode', () => {
  let live: TestPayer;
  beforeAll(async () => {
    live = await startTestPayer({ works: false, isLive: true, walletUrl: 'https://wallet.example' });
  });
  afterAll(() => live.stop());

  test('there are no test hooks, and the manifest says so', async () => {
    expect(live.payer.protocol.answerHook).toBeNull();
    const { body } = await live.payer.protocol.manifest();
    const manifest = JSON.parse(body.toString('utf8')) as Record<string, unknown>; // our own manifest
    expect(manifest).toMatchObject({ environment: 'production', test_hooks_url: null });
  });

  test.each([
    ['its own https origin', {}, 'open'],
    ['plain http', { notify_url: 'http://shop.example/notify' }, undefined],
    ['another origin', { return_url: 'https://evil.example/return' }, undefined],
    ['an origin that begins like its own', { notify_url: 'https://shop.example.evil.example/' }, undefined],
    ['another port', { notify_url: 'https://shop.example:8443/' }, undefined],
    ['an address inside', { notify_url: 'https://127.0.0.1/' }, undefined],
  ])('a shop names %s: %o', async (_what, changed, state) => {
    const told = await live.ask('POST', `/orders/LIVE${_what.replace(/\W/g, '').slice(0, 20)}`, orderBody(changed));
    expect(told.json['state']).toBe(state);
  });

  test.each([[[]], [['http://shop.example']], [['https://shop.example/path']], [['nonsense']]])(
    'a shop with the origins %j is not taken in',
    async (origins) => {
      const publicKey = rawKey(generateKeyPairSync('ed25519').publicKey);
      const shop = { name: '店', mcc: '5411', feeMilli: 0n, origins, keyId: 'k1', publicKey };
      await expect(live.payer.addShop(shop)).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );
});

/** RFC 8032, 5.1: edwards25519 in affine coordinates, as slow as can be and nothing else. */
function isSmallOrder(encoded: Buffer): boolean {
  const p = 2n ** 255n - 19n;
  const mod = (value: bigint): bigint => ((value % p) + p) % p;
  const power = (base: bigint, exponent: bigint): bigint => {
    let result = 1n;
    for (let [b, e] = [mod(base), exponent]; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
    return result;
  };
  const inverse = (value: bigint): bigint => power(value, p - 2n);
  const d = mod(-121665n * inverse(121666n));
  const y = mod(BigInt(`0x${Buffer.from(encoded).reverse().toString('hex')}`) & (2n ** 255n - 1n));
  const square = mod((y * y - 1n) * inverse(d * y * y + 1n));
  let x = power(square, (p + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * power(2n, (p - 1n) / 4n));
  if (mod(x * x) !== square) return false;
  let point: [bigint, bigint] = [x, y];
  for (let times = 0; times < 3; times++) {
    const [a, b] = point;
    const t = mod(d * a * a * b * b);
    point = [mod(2n * a * b * inverse(1n + t)), mod((b * b + a * a) * inverse(1n - t))];
  }
  return point[0] === 0n && point[1] === 1n;
}
