import { read } from './doc-pages.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { applyOutcome } from '../src/cashier/apply-outcome.ts';
import { createRefund } from '../src/cashier/create-refund.ts';
import { startAttempt } from '../src/cashier/start-attempt.ts';
import { appliedOffer } from '../src/cashier/test-discounts.ts';
import { listBalances } from '../src/cli/list-balances.ts';
import type { HoldLine } from '../src/ledger/holds.ts';
import { readRoom } from '../src/ledger/read-room.ts';
import { money } from '../src/money/money.ts';
import type { AppliedOffer, Offers } from '../src/offers/offers.ts';
import { plainOffers } from '../src/offers/plain-offers.ts';
import { succeeded } from '../src/settlement/pretend-wallet.ts';
import { sendRefunds } from '../src/settlement/test-reads.ts';
import { BOOK, openTestWorld, type TestWorld } from '../src/settlement/test-world.ts';

/* The whole way of a refund of a payment with offers: shares, budgets, lines of the order, and the one that no wallet sees. */

const BUDGET: HoldLine = {
  limit: 'off_1/money',
  unit: 'money',
  currency: 'CNY',
  figures: [100_000n],
  amount: 0n,
  onSuccess: 'commit',
};
const COUNT: HoldLine = { ...BUDGET, limit: 'off_1/count', unit: 'count', figures: [10n], amount: 1n };
const ITEMS = [
  { id: 'A', name: '茶', quantity: 1, amountMinor: 1000n },
  { id: 'B', name: '壶', quantity: 3, amountMinor: 9000n },
];

let applied: AppliedOffer[] = [];
const offers: Offers = {
  ...plainOffers,
  isPlain: () => false,
  quote: async (requests) =>
    requests.map(({ at, candidates, amountMinor }) => {
      const off = applied.reduce((sum, offer) => sum + offer.minor, 0n);
      const price = { amountMinor, toPayMinor: amountMinor - off, savedMinor: off, maySaveMinor: 0n };
      return {
        at: at.toISOString(),
        quotes: candidates.map((candidate) => ({ candidate, ...price, applied, notUsed: [], isExact: true })),
      };
    }),
};

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld({ offers });
});

let count = 0;
const newClaim = () => {
  count += 1;
  return { book: BOOK, merchantId: world.merchantId, key: `t${count}`, route: 'test', fingerprint: `t${count}` };
};

/** A payment of 100.00 that was paid with these offers, by its id. */
async function paidWith(given: AppliedOffer[]): Promise<string> {
  applied = given;
  world.clock.advanceMs(1000);
  const claim = newClaim();
  const created = await world.cashier.create(BOOK, {
    merchantId: world.merchantId,
    livemode: false,
    orderNo: claim.key,
    amount: money('CNY', 10_000n),
    subject: '茶具',
    returnUrl: 'https://shop.example/',
    expiresInSeconds: 900,
    linkCode: null,
    metadata: {},
    buyer: null,
    items: ITEMS,
    vouchers: null,
    claim,
  });
  const { id: paymentId }: { id: `pay_${string}` } = JSON.parse(created.reply?.body ?? '{}'); // a payment as the API shows it
  const started = await startAttempt(world.cashier, {
    book: BOOK,
    paymentId,
    merchantId: world.merchantId,
    wallet: 'unionpay',
    scene: 'web',
    walletAccountId: null,
    buyerIp: null,
    payer: null,
    paymentCode: null,
    expectedMinor: null,
    app: null,
    device: null,
    claim: null,
  });
  const attempt: { id: `att_${string}`; to_pay: { minor: string } } = JSON.parse(started.body); // as the API shows it
  const outcome = succeeded(BigInt(attempt.to_pay.minor), `W${count}`, world.clock.now());
  await applyOutcome(world.cashier, { book: BOOK, id: attempt.id, paymentId }, outcome, 'notification', null);
  return paymentId;
}

interface Shown {
  id: string;
  state: string;
  amount: { minor: string };
  through_wallet: { minor: string };
  discount: { minor: string };
  items: { id: string }[];
}

async function refund(
  paymentId: string,
  what: { minor?: bigint; items?: { id: string; quantity: number }[] },
  result: 'succeeds' | 'fails' = 'succeeds',
): Promise<Shown> {
  world.clock.advanceMs(1000);
  const created = await createRefund(world.cashier, {
    book: BOOK,
    paymentId,
    merchantId: world.merchantId,
    amount: what.minor === undefined ? null : money('CNY', what.minor),
    items: what.items ?? null,
    reason: '',
    refundNo: null,
    claim: newClaim(),
  });
  const shown: Shown = JSON.parse(created.body); // as the API shows it
  const outcome = succeeded(BigInt(shown.through_wallet.minor), `R${count}`);
  world.pretend.answers.set(
    shown.id.slice(3),
    result === 'succeeds' ? outcome : { kind: 'failed', reason: 'declined', walletCode: '01', walletMessage: 'no' },
  );
  await sendRefunds(world);
  return shown;
}

const flat = (minor: bigint): AppliedOffer => ({
  ...appliedOffer('off_1', { minor, parts: [{ funder: 'platform', owner: 'platform', minor }] }),
  holds: [{ ...BUDGET, amount: minor }, COUNT],
});

describe('a refund of a payment with offers', () => {
  test('gives budgets of money back as it goes, and counts only when nothing is left', async () => {
    const before = await readRoom(world.sql, BOOK, [BUDGET, COUNT]);
    const [budget = 0n, uses = 0n] = before;
    const payment = await paidWith([flat(2000n)]);
    expect(await readRoom(world.sql, BOOK, [BUDGET, COUNT])).toEqual([budget - 2000n, uses - 1n]);
    await refund(payment, { minor: 5000n });
    expect(await readRoom(world.sql, BOOK, [BUDGET, COUNT])).toEqual([budget - 1000n, uses - 1n]);
    await refund(payment, { minor: 4000n }, 'fails');
    expect(await readRoom(world.sql, BOOK, [BUDGET, COUNT])).toEqual([budget - 1000n, uses - 1n]);
    await refund(payment, {});
    expect(await readRoom(world.sql, BOOK, [BUDGET, COUNT])).toEqual(before);
  });

  test('that is all discount asks no wallet and has succeeded at once', async () => {
    const payment = await paidWith([flat(9999n)]);
    world.pretend.asked.length = 0;
    const shown = await refund(payment, { minor: 1n });
    expect(shown).toMatchObject({ state: 'succeeded', through_wallet: { minor: '0' }, discount: { minor: '1' } });
    expect(world.pretend.asked).toEqual([]);
    const events = await world.sql<
      { type: string }[]
    >`select type from events where object_id = ${shown.id} order by object_seq`;
    expect(events.map(({ type }) => type)).toEqual(['refund.created', 'refund.succeeded']);
    const rest = await refund(payment, {});
    expect(rest).toMatchObject({ amount: { minor: '9999' }, through_wallet: { minor: '1' } });
  });

  test('of lines of the order keeps what was taken off a line with it', async () => {
    const shop = world.merchantId;
    const payment = await paidWith([
      appliedOffer('off_2', {
        minor: 200n,
        parts: [{ funder: 'merchant', owner: shop, minor: 200n }],
        items: [{ id: 'A', minor: 200n }],
      }),
      appliedOffer('off_3', { minor: 1000n, parts: [{ funder: 'bank', owner: 'ICBC', minor: 1000n }] }),
    ]);
    const tea = await refund(payment, { items: [{ id: 'A', quantity: 1 }] });
    expect(tea).toMatchObject({ amount: { minor: '1000' }, through_wallet: { minor: '718' }, items: [{ id: 'A' }] });
    await expect(refund(payment, { items: [{ id: 'A', quantity: 1 }] })).rejects.toMatchObject({
      code: 'refund_exceeds_payment',
    });
    const pot = await refund(payment, { items: [{ id: 'B', quantity: 3 }] });
    expect(pot).toMatchObject({ amount: { minor: '9000' }, through_wallet: { minor: '8082' } });
    await expect(refund(payment, { minor: 1n })).rejects.toMatchObject({ code: 'refund_exceeds_payment' });
  });

  test('that had begun before there were offers may still fail', async () => {
    const payment = await paidWith([]);
    await refund(payment, { minor: 3000n });
    world.clock.advanceMs(1000);
    const created = await createRefund(world.cashier, {
      book: BOOK,
      paymentId: payment,
      merchantId: world.merchantId,
      amount: money('CNY', 500n),
      items: null,
      reason: '',
      refundNo: null,
      claim: newClaim(),
    });
    const { id }: Shown = JSON.parse(created.body); // as the API shows it
    await world.sql`update attempts set order_back_minor = 0 where payment_id = ${payment}`;
    await world.sql.unsafe(read('src/db/migrations/0019_order_back.sql'));
    const no = { kind: 'failed', reason: 'declined', walletCode: '01', walletMessage: 'no' } as const;
    world.pretend.answers.set(id.slice(3), no);
    await sendRefunds(world);
    const rows = await world.sql`select outcome from refunds where id = ${id}`;
    expect(rows).toEqual([{ outcome: 'failed' }]);
    expect(await refund(payment, {})).toMatchObject({ amount: { minor: '7000' } });
  });

  test('a hundred at once never share out more than there is', async () => {
    const payment = await paidWith([flat(3333n)]);
    const asked = await Promise.allSettled(Array.from({ length: 100 }, () => refund(payment, { minor: 137n })));
    const taken = asked.filter(({ status }) => status === 'fulfilled').length;
    expect(taken).toBe(72); // of 10,000, and then 136 are left
    await refund(payment, {});
    const [row] = await world.sql<{ buyer: bigint; offers: bigint }[]>`
      select sum(amount_minor)::bigint as buyer, sum(discount_minor)::bigint as offers
      from refunds
      where payment_id = ${payment} and outcome <> 'failed'`;
    expect(row).toEqual({ buyer: 6667n, offers: 3333n });
  });

  test('the ledger’s accounts name who paid for discounts', async () => {
    await paidWith([
      appliedOffer('off_4', { minor: 10n, parts: [{ funder: 'bank', owner: 'CCB', minor: 10n }] }),
      flat(20n),
    ]);
    const balances = await listBalances({ cashier: world.cashier.deps, ledger: world.ledger }, BOOK);
    expect(balances).toContainEqual(expect.objectContaining({ kind: 'offer_bank', owner: 'CCB', balance: 10n }));
    expect(balances.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['offer_merchant', 'offer_platform']));
  });

  test('leave out nobody whom an offer names, and another shop that pays is not this one', async () => {
    const parts = [
      { funder: 'merchant', owner: 'mer_other', minor: 7n },
      { funder: 'wallet', owner: 'alipay', minor: 6n },
      { funder: 'platform', owner: '总部', minor: 5n },
    ] as const;
    const before = await listBalances({ cashier: world.cashier.deps, ledger: world.ledger }, BOOK);
    await paidWith([appliedOffer('off_5', { minor: 18n, parts })]);
    const balances = await listBalances({ cashier: world.cashier.deps, ledger: world.ledger }, BOOK);
    for (const { funder, owner, minor } of parts)
      expect(balances).toContainEqual(expect.objectContaining({ kind: `offer_${funder}`, owner, balance: minor }));
    const own = (list: typeof before) =>
      list.find(({ kind, owner }) => kind === 'offer_merchant' && owner === world.merchantId)?.balance;
    expect(own(balances)).toBe(own(before));
    const sums = balances.reduce((sum, { debits, credits }) => sum + debits - credits, 0n);
    expect(sums, 'a trial balance is even').toBe(0n);
  });
});
