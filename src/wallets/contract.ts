import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../base/clock.ts';
import { discountContract } from './contract-discounts.ts';
import { paymentCodeContract, statementContract } from './contract-extras.ts';
import { actionOf, contractSteps, EXPIRES_AFTER_MS } from './contract-steps.ts';
import type { NextAction, Payer, RawNotification, Wallet, WalletDeps } from './wallet.ts';

/** What a wallet's contract is run with: the connector, and a simulator of the wallet to run it against. */
export interface WalletHarness<Config> {
  wallet: Wallet<Config>;
  config: Config;
  /** `send` reaches the simulator and gives up soon; `clock` is the simulator's too. */
  deps: WalletDeps;
  clock: ManualClock;
  /** Where the simulator's notifications are taken. */
  notifyUrl: string;
  sandbox: WalletSandbox;
  /** Everything that was handed to `deps.log`, as text. */
  logged(): string;
}

/** The hands of a buyer and of a bad day. */
interface WalletSandbox {
  /** The buyer's browser or app takes the next action. */
  visit(action: NextAction): Promise<void>;
  pay(orderNo: string): Promise<void>;
  decline(orderNo: string): Promise<void>;
  /** What the simulator's own books say of an order number. */
  books(orderNo: string): Promise<{ payments: number; refundedMinor: bigint }>;
  setFault(fault: WalletFault): void;
  clearFaults(): void;
  /** Takes something off the payments that come. */
  setDiscount(discount: WalletDiscount): void;
  clearDiscounts(): void;
  /** What this wallet's documents have words for. */
  discounts: DiscountWords;
  /** The notifications about an order number so far, once there is one; moves the clock where that is needed. */
  takeNotifications(orderNo: string): Promise<RawNotification[]>;
  /** Lets an accepted refund finish. */
  finishRefund(orderNo: string): Promise<void>;
  /** A person of the wallet, found through the wallet's own `identify`; null where `jsapi` needs none. */
  payer: (() => Promise<Payer>) | null;
  /** A fresh payment code: of a buyer who pays at once, who has to enter a PIN (`pay` enters it), who cannot pay. */
  paymentCode: ((buyer: 'pays' | 'asks_pin' | 'declines') => string) | null;
  /** Texts that must never be logged: keys, passwords, card numbers. */
  secrets: readonly string[];
  stop(): Promise<void>;
}

export interface WalletDiscount {
  offFen: number;
  funders: readonly DiscountFunder[];
  gapFen: number;
}

type DiscountFunder = 'wallet' | 'merchant' | 'bank' | 'other';

export interface DiscountWords {
  /** As whose a funder's part is told; null: as nobody's. */
  toldAs: Readonly<Record<DiscountFunder, DiscountFunder | null>>;
  /** Whether parts may be told that do not sum to the discount. */
  hasGaps: boolean;
  /** Whether a refund tells what it took back. */
  tellsRefunds: boolean;
}

/**
 * silent: nothing is answered. hang_up: done, but the connection is cut. page: an HTML page instead of an answer. forged: not
 * signed as it must be. unheard_of: rightly signed, with a state that no document knows. slow: answered after half a second.
 * duplicate: a notification comes twice. wrong_amount: rightly signed, with one fen too much. declined: the payment is refused
 * for good, as its order comes in (pay) or as its buyer confirms (outcome).
 */
export interface WalletFault {
  operation: 'pay' | 'query' | 'refund' | 'notify' | 'outcome';
  kind: 'silent' | 'hang_up' | 'page' | 'forged' | 'unheard_of' | 'slow' | 'duplicate' | 'wrong_amount' | 'declined';
}

const FEN = [1n, 10n, 110n, 1200n, 1234n, 99_999_999n];
const BYTE_STEP = 11;

/** The promises that every wallet keeps, run against its simulator. One harness serves the whole run. */
export function walletContract<Config>(name: string, makeHarness: () => Promise<WalletHarness<Config>>): void {
  describe(`the wallet contract, ${name}`, () => {
    let h: WalletHarness<Config>;
    const steps = contractSteps(() => h);
    const { newOrder, scenesThatWait, firstScene, ordered, paid, refundOf, refunded, withFault } = steps;
    const { said, pay, query, cancel, refund, queryRefund, read } = steps;

    beforeAll(async () => {
      h = await makeHarness();
    });
    afterAll(() => h.sandbox.stop());

    describe('paying', () => {
      test.each(FEN)('%s fen are told back exactly', async (minor) => {
        const order = await paid(minor);
        expect(await query(order)).toMatchObject({ kind: 'succeeded', amount: { currency: 'CNY', minor } });
        const [notification] = await h.sandbox.takeNotifications(order.orderNo);
        expect(await read(notification)).toMatchObject({ outcome: { amount: { currency: 'CNY', minor } } });
      });

      test('works in every scene that the wallet claims', async () => {
        expect(h.wallet.scenes(h.config)).toEqual(h.wallet.can.scenes);
        for (const scene of scenesThatWait()) {
          const order = await newOrder(1234n, scene);
          await h.sandbox.visit(actionOf(await pay(order)));
          expect((await query(order)).kind, scene).toBe('pending');
          await h.sandbox.pay(order.orderNo);
          expect((await query(order)).kind, scene).toBe('succeeded');
        }
      });

      test('asking twice with one id makes one payment', async () => {
        for (const scene of scenesThatWait()) {
          const order = await newOrder(1200n, scene);
          const first = await pay(order);
          await h.sandbox.visit(actionOf(first));
          const second = await pay(order);
          expect(second.kind, 'not failed: the first may be paid').not.toBe('failed');
          if (second.kind === 'pending' && second.action !== null) await h.sandbox.visit(second.action);
          await h.sandbox.pay(order.orderNo);
          expect((await pay(order)).kind).not.toBe('failed');
          expect((await query(order)).kind).toBe('succeeded');
          expect(await h.sandbox.books(order.orderNo)).toMatchObject({ payments: 1 });
        }
      });

      test('a declined payment is not paid, and has failed once it can no longer be tried again', async () => {
        const order = await ordered(1200n);
        await h.sandbox.decline(order.orderNo);
        expect(['pending', 'failed']).toContain((await query(order)).kind);
        h.clock.advanceMs(EXPIRES_AFTER_MS + 1000);
        expect((await query(order)).kind).toBe('failed');
      });

      test.each(['pay', 'outcome'] as const)(
        'refused for good at %s is told as failed in every scene',
        async (operation) => {
          for (const scene of h.wallet.can.scenes) {
            const order = await newOrder(1200n, scene);
            const told = await withFault({ operation, kind: 'declined' }, async () => {
              const reply = await pay(order);
              if (reply.kind !== 'pending' || reply.action === null) return reply.kind;
              await h.sandbox.visit(reply.action);
              await h.sandbox.pay(order.orderNo);
              return 'asked';
            });
            if (told === 'failed') continue;
            const first = (await query(order)).kind;
            // UnionPay tells nobody that a page's payment has failed before its time to pay is over.
            if (first === 'pending') h.clock.advanceMs(EXPIRES_AFTER_MS + 1000);
            expect((await query(order)).kind, `${scene}, first ${first}`).toBe('failed');
            expect((await h.sandbox.books(order.orderNo)).refundedMinor).toBe(0n);
          }
        },
      );

      test('an order that nobody ever opened has failed once it has expired', async () => {
        const order = await newOrder(1200n, firstScene());
        expect(['pending', 'unknown']).toContain((await query(order)).kind);
        h.clock.advanceMs(EXPIRES_AFTER_MS + 1000);
        expect((await query(order)).kind).toBe('failed');
      });

      test('a cancelled payment can still turn out paid', async () => {
        const late = await ordered(1234n);
        const cancelled = await cancel(late);
        if (h.wallet.can.closeUnpaid) expect(cancelled.kind).toBe('failed');
        else {
          expect(cancelled.kind, 'what the wallet cannot close is not over').toBe('pending');
          await h.sandbox.pay(late.orderNo);
          expect((await query(late)).kind).toBe('succeeded');
        }
        const before = await paid(1234n);
        expect((await cancel(before)).kind).toBe('succeeded');
      });
    });

    describe('notifications', () => {
      test('say what a query says', async () => {
        const order = await paid(110n);
        const [notification] = await h.sandbox.takeNotifications(order.orderNo);
        const reading = await read(notification);
        expect(reading).toMatchObject({
          kind: 'payment',
          merchantNo: h.wallet.merchantNo(h.config),
          orderNo: order.orderNo,
        });
        const asked = await query(order);
        if (reading.kind === 'refused' || asked.kind !== 'succeeded') throw new Error('not paid');
        const { facts: _, ...evidence } = asked;
        expect(reading.outcome).toMatchObject(evidence);
        if (reading.orderedAt !== null) expect(reading.orderedAt).toEqual(order.orderedAt);
      });

      test('with one changed byte are thrown away', async () => {
        const order = await paid(1234n);
        const notification = (await h.sandbox.takeNotifications(order.orderNo))[0];
        if (notification === undefined) throw new Error('no notification');
        for (let at = 0; at < notification.body.length; at += BYTE_STEP) {
          const body = Buffer.from(notification.body);
          body[at] = (body[at] ?? 0) ^ 1;
          expect((await read({ ...notification, body })).kind, `byte ${at}`).toBe('refused');
        }
      });

      test('that come again change nothing: they read the same', async () => {
        const order = await paid(1200n);
        const [notification] = await h.sandbox.takeNotifications(order.orderNo);
        expect(await read(notification)).toEqual(await read(notification));
      });

      test('that come twice from the wallet read the same', async () => {
        const order = await ordered(1234n);
        h.sandbox.setFault({ operation: 'notify', kind: 'duplicate' });
        await h.sandbox.pay(order.orderNo);
        await expect.poll(async () => (await h.sandbox.takeNotifications(order.orderNo)).length).toBe(2);
        h.sandbox.clearFaults();
        const [first, second] = await h.sandbox.takeNotifications(order.orderNo);
        expect(await read(first)).toEqual(await read(second));
      });

      test('that name another amount say so: the cashier compares', async () => {
        const order = await ordered(1234n);
        h.sandbox.setFault({ operation: 'notify', kind: 'wrong_amount' });
        await h.sandbox.pay(order.orderNo);
        const [notification] = await h.sandbox.takeNotifications(order.orderNo);
        h.sandbox.clearFaults();
        expect(await read(notification)).toMatchObject({ outcome: { kind: 'succeeded', amount: { minor: 1235n } } });
      });

      test('that are forged are refused', async () => {
        const order = await ordered(1234n);
        h.sandbox.setFault({ operation: 'notify', kind: 'forged' });
        await h.sandbox.pay(order.orderNo);
        const [notification] = await h.sandbox.takeNotifications(order.orderNo);
        h.sandbox.clearFaults();
        expect((await read(notification)).kind).toBe('refused');
      });
    });

    describe('what is not evidence is unknown', () => {
      const kinds = ['silent', 'hang_up', 'page', 'forged', 'unheard_of'] as const;

      test.each(kinds)('%s, when a payment is asked for', async (kind) => {
        const order = await paid(1234n);
        expect((await withFault({ operation: 'query', kind }, () => query(order))).kind).toBe('unknown');
        expect((await query(order)).kind, 'and the truth comes later').toBe('succeeded');
      });

      test('but a slow answer is an answer, and a wrong amount is told', async () => {
        const order = await paid(1234n);
        expect((await withFault({ operation: 'query', kind: 'slow' }, () => query(order))).kind).toBe('succeeded');
        const told = await withFault({ operation: 'query', kind: 'wrong_amount' }, () => query(order));
        expect(told).toMatchObject({ kind: 'succeeded', amount: { minor: 1235n } });
      });

      test.each(kinds)('%s, when an order is placed by a call', async (kind) => {
        for (const scene of h.wallet.can.scenes) {
          const order = await newOrder(1234n, scene);
          let calls = 0;
          const deps: WalletDeps = { ...h.deps, send: (request) => ((calls += 1), h.deps.send(request)) };
          const reply = await withFault({ operation: 'pay', kind }, () => h.wallet.pay(deps, h.config, order));
          if (calls > 0) expect(reply.kind, scene).toBe('unknown');
        }
      });

      test.each(kinds)('%s, when money is sent back', async (kind) => {
        const order = await paid(1234n);
        const request = await refundOf(order, 1234n, 'refund');
        expect((await withFault({ operation: 'refund', kind }, () => refund(request))).kind).toBe('unknown');
        expect((await refund(request)).kind, 'asked again under the same name').not.toBe('failed');
        await h.sandbox.finishRefund(request.refund.orderNo);
        expect(await queryRefund(request)).toMatchObject({ kind: 'succeeded', amount: { minor: 1234n } });
        expect(await h.sandbox.books(order.orderNo)).toEqual({ payments: 1, refundedMinor: 1234n });
        const again = await withFault({ operation: 'query', kind }, () => queryRefund(request));
        expect(again.kind).toBe('unknown');
      });
    });

    describe('refunds', () => {
      test.each(FEN)('of %s fen are exact', async (minor) => {
        const order = await paid(99_999_999n);
        const request = await refundOf(order, minor, 'refund');
        expect(['pending', 'succeeded']).toContain((await refund(request)).kind);
        await h.sandbox.finishRefund(request.refund.orderNo);
        expect(await queryRefund(request)).toMatchObject({ kind: 'succeeded', amount: { currency: 'CNY', minor } });
        expect(await h.sandbox.books(order.orderNo)).toMatchObject({ refundedMinor: minor });
      });

      test('never exceed what was paid, in one or in parts', async () => {
        const order = await paid(1234n);
        await refunded(order, 1000n);
        const over = await refundOf(order, 235n, 'refund');
        expect((await refund(over)).kind).toBe('failed');
        await refunded(order, 234n);
        expect((await refund(await refundOf(order, 1n, 'refund'))).kind).toBe('failed');
        expect((await query(order)).kind, 'the payment stays paid').toBe('succeeded');
        expect(await h.sandbox.books(order.orderNo)).toMatchObject({ refundedMinor: 1234n });
      });

      test('asked twice are one', async () => {
        const order = await paid(1234n);
        const request = await refunded(order, 600n);
        expect((await refund(request)).kind, 'not failed: it was done').not.toBe('failed');
        await h.sandbox.finishRefund(request.refund.orderNo);
        expect((await queryRefund(request)).kind).toBe('succeeded');
        expect(await h.sandbox.books(order.orderNo)).toMatchObject({ refundedMinor: 600n });
      });

      test('are notified as they are found by a query', async () => {
        const order = await paid(1234n);
        const request = await refunded(order, 34n);
        const [notification] = await h.sandbox.takeNotifications(request.refund.orderNo);
        const reading = await read(notification);
        expect(reading).toMatchObject({ kind: 'refund', orderNo: request.refund.orderNo });
        const asked = await queryRefund(request);
        if (reading.kind === 'refused' || asked.kind !== 'succeeded') throw new Error('not refunded');
        const { facts: _, ...evidence } = asked;
        expect(reading.outcome).toMatchObject(evidence);
      });

      test('within the clearing day undo the whole payment, where the wallet claims it', async () => {
        if (!h.wallet.can.voidPaid) return;
        const order = await paid(1234n);
        const request = await refundOf(order, 1234n, 'void');
        expect(['pending', 'succeeded']).toContain((await refund(request)).kind);
        await h.sandbox.finishRefund(request.refund.orderNo);
        expect(await queryRefund(request)).toMatchObject({ kind: 'succeeded', amount: { minor: 1234n } });
        expect((await refund(await refundOf(order, 1n, 'refund'))).kind, 'nothing is left').toBe('failed');
        const part = await refundOf(await paid(1234n), 1n, 'void');
        expect((await refund(part)).kind, 'a part cannot be voided').toBe('failed');
      });
    });

    paymentCodeContract(() => h, steps);
    discountContract(() => h, steps);
    statementContract(() => h, steps);

    test('the log of the whole run, and everything that was answered, hold no secret', () => {
      const text =
        h.logged() + JSON.stringify(said, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
      expect(h.sandbox.secrets.length).toBeGreaterThan(0);
      expect(said.length).toBeGreaterThan(0);
      for (const secret of h.sandbox.secrets) expect(text).not.toContain(secret);
    });
  });
}
