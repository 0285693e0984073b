import { afterEach, describe, expect, test } from 'vitest';
import type { WalletDiscount, WalletHarness } from './contract.ts';
import type { ContractSteps } from './contract-steps.ts';
import type { Outcome, PayRequest, SucceededOutcome } from './wallet.ts';

const FUNDERS = ['wallet', 'merchant', 'bank', 'other'] as const;
const PRICE = 10_000n;

/** The promises about what a wallet takes off by offers of its own. */
export function discountContract<Config>(h: () => WalletHarness<Config>, steps: ContractSteps): void {
  const { done, newOrder, ordered, pay, query, queryRefund, read, refund, refundOf } = steps;
  describe('discounts', () => {
    afterEach(() => h().sandbox.clearDiscounts());
    const words = () => h().sandbox.discounts;

    test.each(FUNDERS)('of 5.00 that %s pays are told back to the fen, and by whom', async (funder) => {
      const order = await discounted({ offFen: 500, funders: [funder], gapFen: 0 });
      const outcome = succeeded(await query(order));
      expect(outcome.amount, 'the order’s money, not what the buyer paid').toEqual({ currency: 'CNY', minor: PRICE });
      expect(offOf(outcome)).toBe(500n);
      const toldAs = words().toldAs[funder];
      expect(sharesOf(outcome)).toEqual(toldAs === null ? {} : { [toldAs]: 500n });
      if (outcome.buyerPaid !== undefined) expect(outcome.buyerPaid).toEqual({ currency: 'CNY', minor: PRICE - 500n });
      // The day's bill names the price, and settles all but what the merchant pays itself.
      const settledMinor = funder === 'merchant' ? PRICE - 500n : PRICE;
      done.push({ kind: 'payment', orderNo: order.orderNo, amountMinor: PRICE, settledMinor });
    });

    test('are told by a notification as they are by a query', async () => {
      const order = await discounted({ offFen: 501, funders: ['wallet', 'merchant'], gapFen: 0 });
      const reading = await read((await h().sandbox.takeNotifications(order.orderNo))[0]);
      if (reading.kind === 'refused') throw new Error(reading.reason);
      const { discounts, buyerPaid } = succeeded(await query(order));
      const told = succeeded(reading.outcome);
      expect([told.discounts, told.buyerPaid]).toEqual([discounts, buyerPaid]);
      expect(offOf(told)).toBe(501n);
    });

    test('of several funders are told as so many parts', async () => {
      const outcome = succeeded(
        await query(await discounted({ offFen: 501, funders: ['wallet', 'merchant'], gapFen: 0 })),
      );
      const { wallet, merchant } = words().toldAs;
      expect(offOf(outcome)).toBe(501n);
      if (wallet !== null && merchant !== null) expect(sharesOf(outcome)).toEqual({ [wallet]: 251n, [merchant]: 250n });
    });

    test('whose parts do not sum are kept as they are: 511 against 200', async () => {
      if (!words().hasGaps) return;
      const outcome = succeeded(await query(await discounted({ offFen: 511, funders: ['wallet'], gapFen: 311 })));
      expect(offOf(outcome)).toBe(511n);
      const toldAs = words().toldAs.wallet;
      expect(sharesOf(outcome)).toEqual(toldAs === null ? {} : { [toldAs]: 200n });
    });

    test('are not there where nothing was taken off', async () => {
      const order = await ordered(PRICE);
      await h().sandbox.pay(order.orderNo);
      const outcome = succeeded(await query(order));
      expect(outcome.discounts).toBeUndefined();
      expect([undefined, PRICE]).toContain(outcome.buyerPaid?.minor);
    });

    test('come off a charged payment code, too', async () => {
      if (!h().wallet.can.scenes.includes('code')) return;
      h().sandbox.setDiscount({ offFen: 500, funders: ['merchant'], gapFen: 0 });
      const order = await newOrder(PRICE, 'code');
      const reply = await pay(order);
      if (reply.kind === 'succeeded') expect(offOf(reply)).toBe(500n);
      expect(offOf(succeeded(await query(order)))).toBe(500n);
    });

    test('go back with refunds in order money, in all to the last fen', async () => {
      const order = await discounted({ offFen: 1000, funders: ['merchant', 'wallet'], gapFen: 0 });
      let backMinor = 0n;
      let buyerMinor = 0n;
      for (const minor of [3333n, 3333n, 3334n]) {
        const request = await refundOf(order, minor, 'refund');
        expect(['pending', 'succeeded']).toContain((await refund(request)).kind);
        await h().sandbox.finishRefund(request.refund.orderNo);
        const outcome = succeeded(await queryRefund(request));
        expect(outcome.amount).toEqual({ currency: 'CNY', minor });
        done.push({ kind: 'refund', orderNo: request.refund.orderNo, amountMinor: minor });
        backMinor += offOf(outcome);
        buyerMinor += outcome.buyerPaid?.minor ?? 0n;
      }
      expect(await h().sandbox.books(order.orderNo)).toMatchObject({ refundedMinor: PRICE });
      if (!words().tellsRefunds) return;
      expect(backMinor).toBe(1000n);
      expect([0n, PRICE - 1000n]).toContain(buyerMinor);
    });

    async function discounted(discount: WalletDiscount): Promise<PayRequest> {
      h().sandbox.setDiscount(discount);
      const order = await ordered(PRICE);
      await h().sandbox.pay(order.orderNo);
      return order;
    }
  });
}

function succeeded(outcome: Outcome): SucceededOutcome {
  if (outcome.kind !== 'succeeded') throw new Error(`not paid: ${outcome.kind}`);
  return outcome;
}

function offOf({ discounts = [] }: SucceededOutcome): bigint {
  return discounts.reduce((sum, { minor }) => sum + minor, 0n);
}

function sharesOf({ discounts = [] }: SucceededOutcome): Record<string, bigint> {
  const shares: Record<string, bigint> = {};
  for (const { funder, minor } of discounts.flatMap(({ parts }) => parts)) {
    shares[funder] = (shares[funder] ?? 0n) + minor;
  }
  return shares;
}
