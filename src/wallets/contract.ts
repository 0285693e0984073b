import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../base/clock.ts';
import type { Money } from '../money/money.ts';
import type { StatementItem, StatementLine } from './statement.ts';
import type {
  NextAction,
  NotificationReading,
  Outcome,
  Payer,
  PayReply,
  PayRequest,
  QueryRequest,
  RawNotification,
  RefundRequest,
  Scene,
  Wallet,
  WalletDeps,
} from './wallet.ts';

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

/**
 * silent: nothing is answered. hang_up: done, but the connection is cut. page: an HTML page instead of an answer. forged: not
 * signed as it must be. unheard_of: rightly signed, with a state that no document knows. slow: answered after half a second.
 * duplicate: a notification comes twice. wrong_amount: rightly signed, with one fen too much.
 */
export interface WalletFault {
  operation: 'pay' | 'query' | 'refund' | 'notify';
  kind: 'silent' | 'hang_up' | 'page' | 'forged' | 'unheard_of' | 'slow' | 'duplicate' | 'wrong_amount';
}

const FEN = [1n, 10n, 110n, 1200n, 1234n, 99_999_999n];
const EXPIRES_AFTER_MS = 15 * 60_000;
const BYTE_STEP = 11;

/** The promises that every wallet keeps, run against its simulator. One harness serves the whole run. */
export function walletContract<Config>(name: string, makeHarness: () => Promise<WalletHarness<Config>>): void {
  describe(`the wallet contract, ${name}`, () => {
    let h: WalletHarness<Config>;
    const said: unknown[] = [];
    /** What surely happened, to be found in the day's bill. */
    const done: Pick<StatementLine, 'kind' | 'orderNo' | 'amountMinor'>[] = [];

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

      test('an order that nobody ever opened has failed once it has expired', async () => {
        const order = await newOrder(1200n, firstScene());
        expect(['pending', 'unknown']).toContain((await query(order)).kind);
        h.clock.advanceMs(EXPIRES_AFTER_MS + 1000);
        expect((await query(order)).kind).toBe('failed');
      });

      test('a cancelled payment can still turn out paid', async () => {
        const late = await ordered(1234n);
        const cancelled = await h.wallet.cancel(h.deps, h.config, queryOf(late));
        if (h.wallet.can.closeUnpaid) expect(cancelled.kind).toBe('failed');
        else {
          expect(cancelled.kind, 'what the wallet cannot close is not over').toBe('pending');
          await h.sandbox.pay(late.orderNo);
          expect((await query(late)).kind).toBe('succeeded');
        }
        const before = await paid(1234n);
        expect((await h.wallet.cancel(h.deps, h.config, queryOf(before))).kind).toBe('succeeded');
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

    describe('payment codes', () => {
      const claims = () => h.wallet.can.scenes.includes('code');

      test('are claimed together with their rule, and the rule knows the codes', () => {
        expect(h.wallet.can.paymentCode === null).toBe(!claims());
        for (const buyer of ['pays', 'asks_pin', 'declines'] as const)
          if (claims()) expect(codeOf(buyer)).toMatch(h.wallet.can.paymentCode?.pattern ?? /^$/);
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
        expect(await h.sandbox.books(order.orderNo)).toMatchObject({ payments: 1 });
        done.push({ kind: 'payment', orderNo: order.orderNo, amountMinor: 1234n });
      });

      test('wait while the buyer enters the PIN', async () => {
        if (!claims()) return;
        const order = { ...(await newOrder(1234n, 'code')), paymentCode: codeOf('asks_pin') };
        expect((await pay(order)).kind).toBe('pending');
        expect((await query(order)).kind).toBe('pending');
        await h.sandbox.pay(order.orderNo);
        expect((await query(order)).kind).toBe('succeeded');
        done.push({ kind: 'payment', orderNo: order.orderNo, amountMinor: 1234n });
      });

      test('that cannot pay, and codes of nobody, have failed', async () => {
        if (!claims()) return;
        const refused = { ...(await newOrder(1234n, 'code')), paymentCode: codeOf('declines') };
        expect((await pay(refused)).kind).toBe('failed');
        expect(await h.sandbox.books(refused.orderNo)).toMatchObject({ refundedMinor: 0n });
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
        await expect
          .poll(async () => (await heard(h.wallet.cancel(h.deps, h.config, queryOf(order)))).kind, { timeout: 5000 })
          .toBe('failed');
        expect((await query(order)).kind).toBe('failed');
      }
    });

    describe('the bill', () => {
      test('of the day tells every payment and refund exactly, and its totals', async () => {
        const source = h.wallet.statement;
        if (source === null) return;
        await refunded(await paid(1234n), 34n);
        const day = shanghaiDay(h.clock.now());
        expect((await source.fetch(h.deps, h.config, day)).kind, 'while the day is running').toBe('not_ready');
        h.clock.advanceMs((24 + source.readyAfterHours) * 3_600_000);
        const reply = await source.fetch(h.deps, h.config, day);
        if (reply.kind !== 'file') throw new Error(`no bill: ${JSON.stringify(reply)}`);
        const items = await gather(source.read(h.config, reply.file));
        const lines = items.filter((item): item is StatementLine => item.kind === 'payment' || item.kind === 'refund');
        for (const { kind, orderNo, amountMinor } of done) {
          const told = lines.filter((line) => line.kind === kind && line.orderNo === orderNo);
          expect(told, `${kind} ${orderNo}`).toMatchObject([{ amountMinor, currency: 'CNY' }]);
        }
        const last = items.at(-1);
        if (last?.kind !== 'totals') throw new Error(`the bill ends with ${JSON.stringify(last?.kind)}`);
        const of = (kind: StatementLine['kind']) => lines.filter((line) => line.kind === kind);
        const sum = (kind: StatementLine['kind']) => of(kind).reduce((total, line) => total + line.amountMinor, 0n);
        expect([of('payment').length, null]).toContain(last.paymentsCount);
        expect([of('refund').length, null]).toContain(last.refundsCount);
        expect([sum('payment'), null]).toContain(last.paymentsMinor);
        expect([sum('refund'), null]).toContain(last.refundsMinor);
        const cut = await gather(source.read(h.config, reply.file.subarray(0, reply.file.length / 2)));
        expect(cut.at(-1)?.kind, 'half a file').toBe('broken');
      });
    });

    test('the log of the whole run, and everything that was answered, hold no secret', () => {
      const text =
        h.logged() + JSON.stringify(said, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
      expect(h.sandbox.secrets.length).toBeGreaterThan(0);
      expect(said.length).toBeGreaterThan(0);
      for (const secret of h.sandbox.secrets) expect(text).not.toContain(secret);
    });

    // What the sentences are made of.

    async function newOrder(minor: bigint, scene: Scene): Promise<PayRequest> {
      return {
        ...newName(),
        amount: cny(minor),
        scene,
        subject: '云南咖啡 & 茶 = 2 袋',
        expiresAt: new Date(wholeSecond(h.clock.now()).getTime() + EXPIRES_AFTER_MS),
        notifyUrl: h.notifyUrl,
        returnUrl: 'https://shop.example/c/pay_1/token/return',
        buyerIp: '203.0.113.7',
        payer: scene === 'jsapi' && h.sandbox.payer !== null ? await h.sandbox.payer() : null,
        paymentCode: scene === 'code' ? codeOf('pays') : null,
      };
    }

    /** Scenes in which the buyer does something before the money moves. */
    function scenesThatWait(): Scene[] {
      return h.wallet.can.scenes.filter((scene) => scene !== 'code');
    }

    function firstScene(): Scene {
      const [scene] = scenesThatWait();
      if (scene === undefined) throw new Error('a wallet has a scene');
      return scene;
    }

    function codeOf(buyer: 'pays' | 'asks_pin' | 'declines'): string {
      if (h.sandbox.paymentCode === null) throw new Error('the harness makes no payment codes');
      return h.sandbox.paymentCode(buyer);
    }

    /** Every order a second later than the one before, as in life. */
    function newName(): { orderNo: string; orderedAt: Date } {
      h.clock.advanceMs(1000);
      return {
        orderNo: `C${h.deps.random.bytes(12).toString('hex').toUpperCase()}`,
        orderedAt: wholeSecond(h.clock.now()),
      };
    }

    async function ordered(minor: bigint): Promise<PayRequest> {
      const order = await newOrder(minor, firstScene());
      await h.sandbox.visit(actionOf(await pay(order)));
      return order;
    }

    async function paid(minor: bigint): Promise<PayRequest> {
      const order = await ordered(minor);
      await h.sandbox.pay(order.orderNo);
      done.push({ kind: 'payment', orderNo: order.orderNo, amountMinor: minor });
      return order;
    }

    async function refundOf(order: PayRequest, minor: bigint, method: RefundRequest['method']): Promise<RefundRequest> {
      const outcome = await query(order);
      if (outcome.kind !== 'succeeded') throw new Error(`not paid: ${outcome.kind}`);
      const { orderNo, orderedAt, scene } = order;
      return {
        refund: newName(),
        amount: cny(minor),
        method,
        paid: { orderNo, orderedAt, scene, walletPaymentId: outcome.walletPaymentId, amount: outcome.amount },
        notifyUrl: h.notifyUrl,
      };
    }

    async function refunded(order: PayRequest, minor: bigint): Promise<RefundRequest> {
      const request = await refundOf(order, minor, 'refund');
      expect(['pending', 'succeeded']).toContain((await refund(request)).kind);
      await h.sandbox.finishRefund(request.refund.orderNo);
      expect(await queryRefund(request)).toMatchObject({ kind: 'succeeded', amount: { minor } });
      done.push({ kind: 'refund', orderNo: request.refund.orderNo, amountMinor: minor });
      return request;
    }

    async function withFault<T>(fault: WalletFault, action: () => Promise<T>): Promise<T> {
      h.sandbox.setFault(fault);
      try {
        return await action();
      } finally {
        h.sandbox.clearFaults();
      }
    }

    async function heard<T>(promise: Promise<T>): Promise<T> {
      const value = await promise;
      said.push(value);
      return value;
    }

    function pay(order: PayRequest): Promise<PayReply> {
      return heard(h.wallet.pay(h.deps, h.config, order));
    }

    function query(order: PayRequest): Promise<Outcome> {
      return heard(h.wallet.query(h.deps, h.config, queryOf(order)));
    }

    function refund(request: RefundRequest): Promise<Outcome> {
      return heard(h.wallet.refund(h.deps, h.config, request));
    }

    function queryRefund(request: RefundRequest): Promise<Outcome> {
      return heard(h.wallet.queryRefund(h.deps, h.config, request));
    }

    function read(notification: RawNotification | undefined): Promise<NotificationReading> {
      if (notification === undefined) throw new Error('no notification came');
      return heard(h.wallet.readNotification(h.deps, h.config, notification));
    }
  });
}

function actionOf(reply: PayReply): NextAction {
  if (reply.kind !== 'pending' || reply.action === null)
    throw new Error(`no next action: ${inspect(reply, { depth: 5 })}`);
  return reply.action;
}

function queryOf(order: PayRequest): QueryRequest {
  const { orderNo, orderedAt, amount, scene, expiresAt } = order;
  return { orderNo, orderedAt, amount, scene, expiresAt };
}

async function gather(items: AsyncIterable<StatementItem>): Promise<StatementItem[]> {
  const gathered: StatementItem[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

function shanghaiDay(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

function cny(minor: bigint): Money {
  return { currency: 'CNY', minor };
}

function wholeSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000);
}
