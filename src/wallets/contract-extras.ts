import { describe, expect, test } from 'vitest';
import type { WalletHarness } from './contract.ts';
import { type ContractSteps, gather, shanghaiDay } from './contract-steps.ts';
import type { StatementLine } from './statement.ts';
import type { PayRequest } from './wallet.ts';

/** The promises about payment codes (付款码), for wallets that claim the scene. */
export function paymentCodeContract<Config>(h: () => WalletHarness<Config>, steps: ContractSteps): void {
  const { cancel, codeOf, done, newOrder, pay, query, withFault } = steps;
  describe('payment codes', () => {
    const claims = () => h().wallet.can.scenes.includes('code');

    test('are claimed together with their rule, and the rule knows the codes', () => {
      expect(h().wallet.can.paymentCode === null).toBe(!claims());
      for (const buyer of ['pays', 'asks_pin', 'declines'] as const)
        if (claims()) expect(codeOf(buyer)).toMatch(h().wallet.can.paymentCode?.pattern ?? /^$/);
    });

    test('are paid at once where the buyer need not do anything', async () => {
      if (!claims()) return;
      const order = await newOrder(1234n, 'code');
      const reply = await pay(order);
      expect(['succeeded', 'pending']).toContain(reply.kind);
      const asked = await query(order);
      expect(asked).toMatchObject({ kind: 'succeeded', amount: { currency: 'CNY', minor: 1234n } });
      if (reply.kind === 'succeeded' && asked.kind === 'succeeded')
        expect(reply).toMatchObject({ walletPaymentId: asked.walletPaymentId, amount: asked.amount });
      expect((await pay(order)).kind, 'scanned twice').not.toBe('failed');
      expect(await h().sandbox.books(order.orderNo)).toMatchObject({ payments: 1 });
      done.push({ kind: 'payment', orderNo: order.orderNo, amountMinor: 1234n });
    });

    test('wait while the buyer enters the PIN', async () => {
      if (!claims()) return;
      const order = { ...(await newOrder(1234n, 'code')), paymentCode: codeOf('asks_pin') };
      expect((await pay(order)).kind).toBe('pending');
      expect((await query(order)).kind).toBe('pending');
      await h().sandbox.pay(order.orderNo);
      expect((await query(order)).kind).toBe('succeeded');
      done.push({ kind: 'payment', orderNo: order.orderNo, amountMinor: 1234n });
    });

    test('that cannot pay, and codes of nobody, have failed', async () => {
      if (!claims()) return;
      const refused = { ...(await newOrder(1234n, 'code')), paymentCode: codeOf('declines') };
      expect((await pay(refused)).kind).toBe('failed');
      expect(await h().sandbox.books(refused.orderNo)).toMatchObject({ refundedMinor: 0n });
      const used = codeOf('pays');
      await pay({ ...(await newOrder(1234n, 'code')), paymentCode: used });
      expect((await pay({ ...(await newOrder(1234n, 'code')), paymentCode: used })).kind, 'one-time').toBe('failed');
    });

    test('are undone while they are unclear: the buyer keeps the money', async () => {
      if (!claims()) return;
      const waiting = { ...(await newOrder(1234n, 'code')), paymentCode: codeOf('asks_pin') };
      await pay(waiting);
      await undone(waiting);
      const lost = await newOrder(1234n, 'code');
      const reply = await withFault({ operation: 'pay', kind: 'hang_up' }, () => pay(lost));
      expect(reply.kind).toBe('unknown');
      await undone(lost);
    });

    /** Asked until it is so, as the cashier does. */
    async function undone(order: PayRequest): Promise<void> {
      await expect.poll(async () => (await cancel(order)).kind).toBe('failed');
      expect((await query(order)).kind).toBe('failed');
    }
  });
}

/** The promises about the daily bill, for wallets that have one. Run it last: it looks for what the other tests did. */
export function statementContract<Config>(h: () => WalletHarness<Config>, steps: ContractSteps): void {
  const { done, paid, refunded } = steps;
  describe('the bill', () => {
    test('of the day tells every payment and refund exactly, and its totals', async () => {
      const source = h().wallet.statement;
      if (source === null) return;
      await refunded(await paid(1234n), 34n);
      const day = shanghaiDay(h().clock.now());
      expect((await source.fetch(h().deps, h().config, day)).kind, 'while the day is running').toBe('not_ready');
      h().clock.advanceMs((24 + source.readyAfterHours) * 3_600_000);
      const reply = await source.fetch(h().deps, h().config, day);
      if (reply.kind !== 'file') throw new Error(`no bill: ${JSON.stringify(reply)}`);
      const items = await gather(source.read(h().config, reply.file));
      const lines = items.filter((item): item is StatementLine => item.kind === 'payment' || item.kind === 'refund');
      for (const { kind, orderNo, amountMinor, settledMinor } of done) {
        const told = lines.filter((line) => line.kind === kind && line.orderNo === orderNo);
        const settled = settledMinor === undefined ? {} : { settledMinor };
        expect(told, `${kind} ${orderNo}`).toMatchObject([{ amountMinor, currency: 'CNY', ...settled }]);
      }
      const last = items.at(-1);
      if (last?.kind !== 'totals') throw new Error(`the bill ends with ${JSON.stringify(last?.kind)}`);
      const of = (kind: StatementLine['kind']) => lines.filter((line) => line.kind === kind);
      const sum = (kind: StatementLine['kind']) => of(kind).reduce((total, line) => total + line.amountMinor, 0n);
      expect([of('payment').length, null]).toContain(last.paymentsCount);
      expect([of('refund').length, null]).toContain(last.refundsCount);
      expect([sum('payment'), null]).toContain(last.paymentsMinor);
      expect([sum('refund'), null]).toContain(last.refundsMinor);
      const cut = await gather(source.read(h().config, reply.file.subarray(0, reply.file.length / 2)));
      expect(cut.at(-1)?.kind, 'half a file').toBe('broken');
    });
  });
}
