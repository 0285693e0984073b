import { assert } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import { SHOP_KEYS_MAX } from './figures.ts';
import type { Shop } from './order.ts';
import type { PayerDeps } from './payer-deps.ts';
import {
  findShop,
  insertShop,
  insertShopKey,
  listShops,
  lockShop,
  type ShopWithKeys,
  updateShopKeyRevoked,
  updateShopState,
} from './shop-store.ts';

/** What an operator's work on shops needs; it can be done without the rest of the payer. */
export type ShopDeps = Pick<PayerDeps, 'sql' | 'clock' | 'book'>;

export interface NewShop {
  name: string;
  /** ISO 18245. */
  mcc: string;
  feeMilli: bigint;
  /** Where it is told and its buyers return to. Empty only in test mode. */
  origins: readonly string[];
  keyId: string;
  /** Raw Ed25519, 32 bytes. */
  publicKey: Buffer;
}

/** Takes a shop in, with its first key; its number has the 15 letters that banks take. @throws Refusal `invalid_request` */
export async function addShop(
  deps: ShopDeps & Pick<PayerDeps, 'random'> & { isTest: boolean },
  wanted: NewShop,
): Promise<ShopWithKeys> {
  // People see it beside an amount, also in a message: no signs that cannot be seen, or that turn the direction of writing around.
  if (wanted.name.trim() === '' || wanted.name.length > 80 || /[\p{C}\p{Zl}\p{Zp}]/u.test(wanted.name))
    throw wrong('name', 'has 1 to 80 letters');
  if (!/^\d{4}$/.test(wanted.mcc)) throw wrong('mcc', 'is the four digits of a trade, ISO 18245');
  if (wanted.feeMilli < 0n || wanted.feeMilli > 100n) throw wrong('fee_milli', 'is 0 to 100 thousandths');
  const areOrigins = wanted.origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin);
  const areSafe = wanted.origins.every((origin) => deps.isTest || origin.startsWith('https:'));
  if (!areOrigins || !areSafe || (wanted.origins.length === 0 && !deps.isTest))
    throw wrong('origins', 'are addresses without a path, https in live mode, one at least');
  checkKey(wanted.keyId, wanted.publicKey);
  const now = deps.clock.now();
  const digits = BigInt(`0x${deps.random.bytes(8).toString('hex')}`)
    .toString()
    .padStart(20, '0')
    .slice(-14);
  const shop: Shop = {
    book: deps.book,
    merchantNo: `H${digits}`,
    name: wanted.name,
    mcc: wanted.mcc,
    state: 'active',
    feeMilli: wanted.feeMilli,
    origins: [...wanted.origins],
  };
  const { book, merchantNo } = shop;
  await deps.sql.begin(async (tx) => {
    await insertShop(tx, shop, now);
    await insertShopKey(tx, { book, merchantNo, keyId: wanted.keyId, publicKey: wanted.publicKey }, now);
  });
  return { ...shop, keys: [{ keyId: wanted.keyId, publicKey: wanted.publicKey }] };
}

/** A second key, so that the shop changes over without a stop. @throws Refusal `invalid_request`, `not_found` */
export async function addShopKey(
  deps: ShopDeps,
  merchantNo: string,
  key: { keyId: string; publicKey: Buffer },
): Promise<void> {
  checkKey(key.keyId, key.publicKey);
  await deps.sql.begin(async (tx) => {
    if (!(await lockShop(tx, deps.book, merchantNo))) throw new Refusal('not_found', 'there is no such shop');
    const shop = await findShop(tx, deps.book, merchantNo);
    assert(shop !== null, 'a locked shop is there');
    if (shop.keys.length >= SHOP_KEYS_MAX)
      throw new Refusal('invalid_request', `a shop has at most ${SHOP_KEYS_MAX} keys`, { param: 'key_id' });
    const isNew = await insertShopKey(tx, { book: deps.book, merchantNo, ...key }, deps.clock.now());
    if (!isNew) throw new Refusal('invalid_request', 'the key id was used before', { param: 'key_id' });
  });
}

/** Nothing signed with it is believed from now on. @throws Refusal `not_found` */
export async function revokeShopKey(deps: ShopDeps, merchantNo: string, keyId: string): Promise<void> {
  const isDone = await deps.sql.begin((tx) =>
    updateShopKeyRevoked(tx, { book: deps.book, merchantNo, keyId }, deps.clock.now()),
  );
  if (!isDone) throw new Refusal('not_found', 'there is no such key');
}

/** All shops with the keys that they may sign with now, by number. */
export async function readShops(deps: Pick<ShopDeps, 'sql' | 'book'>): Promise<ShopWithKeys[]> {
  return await listShops(deps.sql, deps.book);
}

/** A stopped shop makes no new orders; what it has goes on. @throws Refusal `not_found` */
export async function setShopState(
  deps: Pick<ShopDeps, 'sql' | 'book'>,
  merchantNo: string,
  state: Shop['state'],
): Promise<void> {
  const isDone = await updateShopState(deps.sql, deps.book, merchantNo, state);
  if (!isDone) throw new Refusal('not_found', 'there is no such shop');
}

/**
 * Points of small order and texts for them that are not canonical, sign bit left out: under such a "key" one signature fits many messages.
 * The coordinates of the eight-torsion of edwards25519 (RFC 8032, 5.1), which a test computes anew.
 */
export const SMALL_ORDER_KEYS: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

/** Private halves of these stand in public documents: RFC 9421, B.1.4, and RFC 8037, A.1. */
const PUBLISHED_KEYS = ['JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs', '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'];

function checkKey(keyId: string, publicKey: Buffer): void {
  if (!/^[\w.-]{1,32}$/.test(keyId))
    throw wrong('key_id', 'has 1 to 32 letters, digits, dots, hyphens and underscores');
  if (publicKey.length !== 32) throw wrong('public_key', 'is not an Ed25519 key');
  const plain = Buffer.from(publicKey);
  plain[31] = (plain[31] ?? 0) & 0x7f;
  if (SMALL_ORDER_KEYS.includes(plain.toString('hex')))
    throw wrong('public_key', 'is of small order: anybody can sign under it');
  if (PUBLISHED_KEYS.includes(publicKey.toString('base64url')))
    throw wrong('public_key', 'is the example of a public document: anybody can sign with it');
}

function wrong(param: string, detail: string): Refusal {
  return new Refusal('invalid_request', detail, { param });
}
