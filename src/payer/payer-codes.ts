import type { Session } from '../users/users.ts';
import { type Answer, answerJson, problem } from './answer.ts';
import { deleteGrant, insertGrant, keepPayerId } from './code-store.ts';
import { GRANT_SECONDS } from './figures.ts';
import type { PayerDeps } from './payer-deps.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { readAddress } from './read-request.ts';
import { isRegistered } from './registered-origin.ts';
import { findShop, type ShopWithKeys } from './shop-store.ts';

const STATE_CHARS_MAX = 256;

/** A shop's page asks who pays. docs/open-wallet-protocol.md, "Payers". */
export interface AuthorizeWish {
  merchantNo: string;
  shopName: string;
  returnUrl: string;
  state: string;
}

/** What the address asks for; null where it is no shop of ours, or would lead anywhere else than to that shop. */
export async function readWish(deps: PayerDeps, query: URLSearchParams): Promise<AuthorizeWish | null> {
  const merchantNo = query.get('merchant_no') ?? '';
  const returnUrl = readAddress(query.get('return_url'));
  const state = query.get('state') ?? '';
  if (!/^[0-9A-Z]{15}$/.test(merchantNo) || returnUrl === null || state.length > STATE_CHARS_MAX) return null;
  if (query.getAll('merchant_no').length > 1 || query.getAll('return_url').length > 1) return null;
  const shop = await findShop(deps.sql, deps.book, merchantNo);
  if (shop?.state !== 'active' || !isRegistered(deps, shop, returnUrl)) return null;
  return { merchantNo, shopName: shop.name, returnUrl, state };
}

/** Where the browser goes when the person has agreed: with a code that is good once, for five minutes, for this shop. */
export async function grantWish(deps: PayerDeps, session: Session, wish: AuthorizeWish): Promise<string> {
  return backTo(wish, 'code', await mintGrant(deps, session.userId, wish.merchantNo));
}

export function refuseWish(wish: AuthorizeWish): string {
  return backTo(wish, 'error', 'refused');
}

export async function mintGrant(deps: PayerDeps, userId: string, merchantNo: string): Promise<string> {
  const code = deps.random.bytes(24).toString('base64url');
  const expiresAt = new Date(deps.clock.now().getTime() + GRANT_SECONDS * 1000);
  await insertGrant(deps.sql, deps.book, { digest: digestOf(deps, code), merchantNo, userId, expiresAt });
  return code;
}

/** POST /payers */
export async function exchangePayerCode(side: ProtocolSide, shop: ShopWithKeys, code: string): Promise<Answer> {
  const { deps } = side;
  const { merchantNo } = shop;
  const now = deps.clock.now();
  const payerId = await deps.sql.begin(async (tx) => {
    const grant = await deleteGrant(tx, deps.book, { digest: digestOf(deps, code), merchantNo });
    if (grant === null || grant.expiresAt <= now) return null;
    const fresh = `payer_${deps.random.bytes(18).toString('base64url')}`;
    return await keepPayerId(tx, deps.book, { merchantNo, userId: grant.userId, payerId: fresh }, now);
  });
  return payerId === null ? problem('payer_code_refused') : answerJson(200, { payer_id: payerId });
}

function digestOf(deps: PayerDeps, code: string): Buffer {
  return deps.keyring.digest('payer grant', code);
}

function backTo(wish: AuthorizeWish, name: 'code' | 'error', value: string): string {
  const url = new URL(wish.returnUrl);
  url.searchParams.set(name, value);
  if (wish.state !== '') url.searchParams.set('state', wish.state);
  return url.href;
}
