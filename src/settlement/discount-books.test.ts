import { beforeAll, describe, expect, test } from 'vitest';
import { applyOutcome } from '../cashier/apply-outcome.ts';
import { createRefund } from '../cashier/create-refund.ts';
import type { BookedPart } from '../cashier/payment.ts';
import { appliedOffer } from '../cashier/test-discounts.ts';
import { type AccountKind, chartAccountId } from '../ledger/chart.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { money, splitMoney } from '../money/money.ts';
import type { Funder, FunderPart, Offers, Quote, QuoteRequest } from '../offers/offers.ts';
import { plainOffers } from '../offers/plain-offers.ts';
import type { Outcome, ReportedDiscount } from '../wallets/wallet.ts';
import { succeeded } from './pretend-wallet.ts';
import { sendRefunds } from './test-reads.ts';
import { BOOK, openTestWorld, type TestWorld } from './test-world.ts';

/*
 * A few hundred payments with offers of every funder, on many of which the wallet takes something off besides and tells so, in parts that
 * do not always sum; with refunds of a part, of a line, of the rest, some of which fail. Then the books are added up.
 */

const PAYMENTS = 200;
const SEED = Math.floor(Math.random() * 2 ** 31);
const FUNDERS = ['merchant', 'wallet', 'bank', 'platform'] as const satisfies Funder[];

/** mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
const random = randomOf(SEED);

/** Offers of ours that nobody could foresee. */
const randomOffers: Offers = {
  ...plainOffers,
  isPlain: () => false,
  quote: async (requests) => requests.map(quoteOf),
};

function quoteOf({ merchantId, amountMinor, candidates, at }: QuoteRequest): Quote {
  const count = random(4);
  const applied = Array.from({ length: count }, (_, index) => {
    const minor = BigInt(random(Number(amountMinor / BigInt(count)))); // less than the price in all
    const parts = split(minor, 1 + random(3)).map((part): FunderPart => {
      const funder = FUNDERS[random(FUNDERS.length)] ?? 'platform';
      return { funder, owner: ownerOf(funder, merchantId), minor: part };
    });
    return appliedOffer(`off_${index}`, { minor, parts });
  });
  const toPayMinor = amountMinor - applied.reduce((sum, offer) => sum + offer.minor, 0n);
  const price = { amountMinor, toPayMinor, savedMinor: amountMinor - toPayMinor, maySaveMinor: 0n };
  const quotes = candidates.map((candidate) => ({ candidate, ...price, applied, notUsed: [], isExact: true }));
  return { at: at.toISOString(), quotes };
}

function ownerOf(funder: Funder, merchantId: string): string {
  if (funder === 'merchant') return merchantId;
  return funder === 'wallet' ? 'unionpay' : funder === 'bank' ? `BANK${random(2)}` : 'platform';
}

function split(minor: bigint, count: number): bigint[] {
  const weights = Array.from({ length: count }, () => BigInt(1 + random(9)));
  return splitMoney(money('CNY', minor), weights).map((part) => part.minor);
}

/** What the pretend wallet has seen. */
const wallet = { asked: 0n, off: 0n, back: 0n };
const failedRefunds: string[] = [];
let world: TestWorld;

beforeAll(async () => {
  console.log(`seed ${SEED}`);
  world = await openTestWorld({ offers: randomOffers });
  for (let index = 0; index < PAYMENTS; index++) await payAndRefund(index);
});

async function payAndRefund(index: number): Promise<void> {
  const orderMinor = BigInt(10 + random(50_000));
  const orderNo = await world.attempt(orderMinor, null);
  const id = `att_${orderNo}` as const;
  const [row] = await world.sql<{ paid: bigint; payment: `pay_${string}` }[]>`
    select amount_minor as paid, payment_id as payment from attempts where id = ${id}`;
  if (row === undefined) throw new Error('no attempt');
  await applyOutcome(
    world.cashier,
    { book: BOOK, id, paymentId: row.payment },
    paidOutcome(row.paid, `W${index}`),
    'notification',
    null,
  );
  wallet.asked += row.paid;
  let leftMinor = orderMinor;
  for (let step = random(5); step > 0 && leftMinor > 0n; step--) {
    const minor = step === 1 && random(2) === 0 ? leftMinor : 1n + BigInt(random(Number(leftMinor)));
    if (await refund(row.payment, minor)) leftMinor -= minor;
  }
}

/** What the wallet says: nothing of discounts, or some with parts that sum, or do not. */
function paidOutcome(paidMinor: bigint, id: string): Outcome {
  const outcome = succeeded(paidMinor, id, world.clock.now());
  if (outcome.kind !== 'succeeded' || random(2) === 0 || paidMinor < 4n) return outcome;
  const offMinor = BigInt(random(Number(paidMinor / 2n)));
  const parts = split(offMinor, 1 + random(3)).map((minor): ReportedDiscount['parts'][number] => ({
    funder: (['merchant', 'wallet', 'bank', 'other'] as const)[random(4)] ?? 'other',
    owner: null,
    minor: random(4) === 0 ? minor / 2n : minor + (random(6) === 0 ? 3n : 0n),
  }));
  const discount = {
    walletOfferId: `A${id}`,
    name: '',
    scope: 'order',
    minor: offMinor,
    prefunded: random(3) === 0,
  } as const;
  wallet.off += offMinor;
  return { ...outcome, discounts: [{ ...discount, parts }] };
}

/** True when it succeeded. Of those that go through the wallet some fail, and give everything back. */
async function refund(paymentId: string, minor: bigint): Promise<boolean> {
  world.clock.advanceMs(1);
  const key = `${paymentId} ${world.clock.now().getTime()}`;
  const created = await createRefund(world.cashier, {
    book: BOOK,
    paymentId,
    merchantId: world.merchantId,
    amount: money('CNY', minor),
    items: null,
    reason: '',
    refundNo: null,
    claim: { book: BOOK, merchantId: world.merchantId, key, route: 'test', fingerprint: key },
  });
  const shown: ShownRefund = JSON.parse(created.body); // what the API shows of it
  expect(BigInt(shown.through_wallet.minor) + BigInt(shown.discount.minor)).toBe(minor);
  if (shown.through_wallet.minor === '0') {
    expect(shown.state).toBe('succeeded');
    return true;
  }
  const fails = random(4) === 0;
  const orderNo = shown.id.slice(3);
  const throughMinor = BigInt(shown.through_wallet.minor);
  world.pretend.answers.set(
    orderNo,
    fails
      ? { kind: 'failed', reason: 'declined', walletCode: '01', walletMessage: 'no' }
      : succeeded(throughMinor, `R${orderNo}`),
  );
  await sendRefunds(world);
  if (fails) failedRefunds.push(shown.id);
  else wallet.back += throughMinor;
  return !fails;
}

interface ShownRefund {
  id: string;
  state: string;
  through_wallet: { minor: string };
  discount: { minor: string };
}

/** Debits less credits. */
async function balance(kind: AccountKind, owner: string): Promise<bigint> {
  const [account] = await world.ledger.lookupAccounts([chartAccountId(kind, owner, 'CNY', BOOK)]);
  return account === undefined ? 0n : account.debitsPosted - account.creditsPosted;
}

async function sumOf(column: string, where: string): Promise<bigint> {
  const [row] = await world.sql<
    { sum: bigint | null }[]
  >`select sum(${world.sql.unsafe(column)})::bigint as sum from ${world.sql.unsafe(where)}`;
  return row?.sum ?? 0n;
}

describe(`the books of ${PAYMENTS} payments with discounts`, () => {
  test('have something of everything', async () => {
    expect(failedRefunds.length).toBeGreaterThan(5);
    expect(await sumOf('discount_minor', 'attempts')).toBeGreaterThan(0n);
    expect(await sumOf('discount_minor', `refunds where outcome = 'failed'`)).toBeGreaterThan(0n);
    expect(await sumOf('1', 'attempts where order_back_minor = amount_minor + discount_minor')).toBeGreaterThan(5n);
    expect(wallet.off).toBeGreaterThan(0n);
  });

  test('are right from the first row to the last', async () => {
    expect(await verifyLedger({ sql: world.sql })).toMatchObject({ ok: true });
  });

  test('owe the merchant the price of what was sold and not given back, and nothing stays on its way', async () => {
    const orders = await sumOf('amount_minor + discount_minor - order_back_minor', 'attempts');
    expect(-(await balance('merchant_payable', world.merchantId))).toBe(orders);
    expect(await balance('refunds_in_flight', world.walletAccountId)).toBe(0n);
    expect(await balance('suspense', world.walletAccountId)).toBe(0n);
  });

  test('say of the wallet what the wallet says', async () => {
    const booked = await bookedOfRefunds();
    const offBack = booked.reduce((sum, part) => sum + part.minor, 0n);
    expect(await balance('wallet_receivable', world.walletAccountId)).toBe(
      wallet.asked - wallet.off - (wallet.back - offBack),
    );
    expect(wallet.asked - wallet.back).toBe(await sumOf('paid_minor - refunded_minor', 'attempts'));
  });

  test('name every funder with what it gave and did not get back', async () => {
    const ours = await world.sql<{ funder: Funder; owner: string; minor: bigint }[]>`
      select part ->> 'funder' as funder, part ->> 'owner' as owner, sum(minor * (part ->> 'minor')::bigint)::bigint as minor
      from (
        select 1 as minor, jsonb_array_elements(jsonb_array_elements(offers) -> 'parts') as part from attempts
        union all
        select -1, jsonb_array_elements(jsonb_array_elements(shares) -> 'parts') from refunds where outcome <> 'failed'
      ) as parts
      group by 1, 2`;
    const back = await bookedOfRefunds();
    const backOf = (kind: AccountKind, owner: string): bigint =>
      back.filter((part) => part.kind === kind && part.owner === owner).reduce((sum, part) => sum + part.minor, 0n);
    const oursOf = (funder: Funder, owner: string): bigint =>
      ours.find((one) => one.funder === funder && one.owner === owner)?.minor ?? 0n;
    const reported = await reportedOf(world);
    const accounts: [Funder, string, string][] = [
      ['merchant', world.merchantId, world.merchantId],
      ['wallet', 'unionpay', world.walletAccountId],
      ['bank', 'BANK0', 'BANK0'],
      ['bank', 'BANK1', 'BANK1'],
      ['bank', 'unnamed', 'unnamed'],
      ['platform', 'platform', 'platform'],
    ];
    let total = 0n;
    for (const [funder, owner, account] of accounts) {
      const kind: AccountKind = `offer_${funder}`;
      const told = reported.get(`${kind} ${account}`) ?? 0n;
      const held = await balance(kind, account);
      expect([kind, account, held]).toEqual([kind, account, oursOf(funder, owner) + told - backOf(kind, account)]);
      total += held;
    }
    total += await balance('offer_unexplained', world.walletAccountId);
    // What all of them gave is exactly what the merchant is owed beyond what the buyers paid.
    const buyers = await balance('wallet_receivable', world.walletAccountId);
    expect(total + buyers).toBe(-(await balance('merchant_payable', world.merchantId)));
  });

  test('close to nothing for a payment that went back whole', async () => {
    const rows = await world.sql<{ left: bigint }[]>`
      select ((select sum((part ->> 'minor')::bigint) from jsonb_array_elements(offers) as offer,
          jsonb_array_elements(offer -> 'parts') as part)
        - (select coalesce(sum((part ->> 'minor')::bigint), 0) from refunds, jsonb_array_elements(shares) as share,
          jsonb_array_elements(share -> 'parts') as part
          where refunds.attempt_id = attempts.id and refunds.outcome = 'succeeded'))::bigint as left
      from attempts
      where offers is not null and order_back_minor = amount_minor + discount_minor`;
    expect(rows.filter(({ left }) => left !== 0n)).toEqual([]);
  });
});

async function bookedOfRefunds(): Promise<BookedPart[]> {
  const rows = await world.sql<{ kind: BookedPart['kind']; owner: string; minor: string }[]>`
    select part ->> 'kind' as kind, part ->> 'owner' as owner, part ->> 'minor' as minor
    from refunds, jsonb_array_elements(reported -> 'booked') as part
    where outcome = 'succeeded'`;
  return rows.map((row) => ({ ...row, minor: BigInt(row.minor) }));
}

/** By account, what the ledger has of what the wallet told; a transfer goes either way. */
async function reportedOf({ sql }: TestWorld): Promise<Map<string, bigint>> {
  const rows = await sql<{ funder: string; prefunded: boolean; minor: bigint }[]>`
    select part ->> 'funder' as funder, (discount ->> 'prefunded')::boolean as prefunded,
      sum((part ->> 'minor')::bigint)::bigint as minor
    from attempts, jsonb_array_elements(reported -> 'discounts') as discount, jsonb_array_elements(discount -> 'parts') as part
    group by 1, 2`;
  const sums = new Map<string, bigint>();
  for (const { funder, prefunded, minor } of rows) {
    const name =
      prefunded || funder === 'wallet'
        ? `offer_wallet ${world.walletAccountId}`
        : funder === 'merchant'
          ? `offer_merchant ${world.merchantId}`
          : funder === 'bank'
            ? 'offer_bank unnamed'
            : 'nobody';
    sums.set(name, (sums.get(name) ?? 0n) + minor);
  }
  return sums;
}
