import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import { type Money, money } from '../money/money.ts';
import type { Session } from '../users/users.ts';
import { countLiveCodes, insertCode, listUsedOrderIds } from './code-store.ts';
import {
  CODE_MINOR_MAX,
  CODE_ORDERS_MINUTES,
  CODE_ORDERS_SHOWN_MAX,
  CODE_PREFIX,
  CODE_SECONDS,
  CODES_LIVE_MAX,
} from './figures.ts';
import { lockNames } from '../db/lock-names.ts';
import { findOrders } from './order-store.ts';
import type { Order } from './order.ts';
import { findOwnCard } from './own-card.ts';
import type { PayerDeps, Queries } from './payer-deps.ts';

/** Two codes being equal is as likely as guessing one: 1 in 10^16. */
const MINT_TRIES_MAX = 3;

/** A payment code of this card. @throws Refusal `not_found` (no such card), `too_many_tries` (so many are shown already) */
export async function makePaymentCode(
  deps: PayerDeps,
  session: Session,
  cardId: string,
): Promise<{ code: string; expiresAt: Date; maxAmount: Money }> {
  await findOwnCard(deps, session, cardId);
  const { userId, deviceIsNew } = session;
  const { code, expiresAt } = await deps.sql.begin(async (tx) => {
    await lockNames(tx, deps.book, [`codes of ${userId}`]);
    const live = await countLiveCodes(tx, session.book, userId, deps.clock.now());
    if (live >= CODES_LIVE_MAX)
      throw new Refusal('too_many_tries', 'there are many codes already', { retryAfterSeconds: CODE_SECONDS });
    return await mintCode(deps, tx, { userId, cardId, deviceIsNew, asksAlways: false });
  });
  return { code, expiresAt, maxAmount: money('CNY', session.deviceIsNew ? 0n : CODE_MINOR_MAX) };
}

/** Only the digest is kept. */
export async function mintCode(
  deps: PayerDeps,
  sql: Queries,
  owner: { userId: string; cardId: string; deviceIsNew: boolean; asksAlways: boolean },
): Promise<{ code: string; expiresAt: Date }> {
  const now = deps.clock.now();
  const expiresAt = new Date(now.getTime() + CODE_SECONDS * 1000);
  for (let tryNo = 1; tryNo <= MINT_TRIES_MAX; tryNo++) {
    const code = CODE_PREFIX + digits(deps.random, 20 - CODE_PREFIX.length);
    const isNew = await insertCode(sql, deps.book, { ...owner, digest: codeDigest(deps, code), expiresAt }, now);
    if (isNew) return { code, expiresAt };
  }
  throw new Error('chance gave the same payment code three times');
}

/** What was charged to this person's codes lately, newest first. */
export async function listCodeOrders(deps: PayerDeps, session: Session): Promise<Order[]> {
  const since = new Date(deps.clock.now().getTime() - CODE_ORDERS_MINUTES * 60_000);
  const facts = { since, itemsMax: CODE_ORDERS_SHOWN_MAX };
  const ids = await listUsedOrderIds(deps.sql, session.book, session.userId, facts);
  const orders = await findOrders(deps.sql, session.book, ids);
  return ids.flatMap((id) => orders.get(id) ?? []);
}

/** By which a code is found. Blanks are none of it. */
export function codeDigest(deps: Pick<PayerDeps, 'keyring'>, code: string): Buffer {
  return deps.keyring.digest('payment code', code.replace(/ /g, ''));
}

/** Evenly spread: a byte of 250 and above is thrown away. */
function digits(random: Random, count: number): string {
  let text = '';
  while (text.length < count) {
    for (const byte of random.bytes(32)) if (byte < 250 && text.length < count) text += String(byte % 10);
  }
  assert(text.length === count, 'as many digits as asked for');
  return text;
}
