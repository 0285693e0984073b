import { systemRandom } from '../../base/random.ts';
import { Refusal } from '../../base/refusal.ts';
import { cancelPayment } from '../../cashier/cancel-payment.ts';
import { claimExpired, expirePayment } from '../../cashier/expire-payment.ts';
import type { Payment } from '../../cashier/payment.ts';
import type { PayLinks } from './pay-links.ts';
import { type GivenTerms, readPlan, toTerms } from './read-terms.ts';
import type { Terms } from './terms.ts';
import { insertTerms } from './terms-store.ts';
import type { TestLinks, TestPayment } from './test-links.ts';

/* Links that are paid, as they stand in the database, and what buyers do with them. */

export interface TestPaying {
  addTerms(kind: 'pay' | 'group', given: GivenTerms): Promise<Terms>;
  /** Sends the form of a link's page, a new one unless the nonce is given. */
  ask(terms: Terms, wish?: Partial<Parameters<PayLinks['pay']>[1]>): Promise<TestPayment & { payment: Payment }>;
  /** What everybody whose time is over loses. */
  expireAll(): Promise<void>;
  cancel(paymentId: string): Promise<void>;
}

export function openTestPaying(world: TestLinks, links: PayLinks): TestPaying {
  const { cashier, book, merchantId } = world;
  return {
    async addTerms(kind, given) {
      const link = await world.addLink({ kind });
      const plan = readPlan(kind, '周五聚餐', given, '');
      if (plan === null) throw new Error('a plan');
      const now = world.clock.now();
      const terms = toTerms(
        {
          book,
          ...link,
          servedBy: null,
          kind,
          livemode: false,
          state: 'active',
          stateReason: null,
          owner: { kind: 'merchant', merchantId },
          page: null,
          appPath: null,
          title: '周五聚餐',
          description: null,
          imageUrl: null,
          price: null,
          availability: null,
          direct: false,
          expiresAt: null,
          version: 1,
          createdAt: now,
          updatedAt: now,
        },
        plan,
      );
      await world.sql.begin((tx) => insertTerms(tx, [terms]));
      return terms;
    },
    async ask(terms, wish = {}) {
      const { paymentId } = await links.pay(terms, {
        nonce: newNonce(),
        amountMinor: null,
        placeNo: null,
        payerName: null,
        note: '',
        ...wish,
      });
      const payment = await cashier.readPayment(book, paymentId);
      if (payment === null) throw new Error('a payment');
      return { id: paymentId, minor: payment.amountMinor, payment };
    },
    async expireAll() {
      for (const job of await claimExpired(cashier, 1000)) await expirePayment(cashier, job);
    },
    async cancel(paymentId) {
      const claim = { book, merchantId, key: newNonce(), route: 'c', fingerprint: 'c' };
      await cancelPayment(cashier, { book, paymentId, merchantId, claim });
    },
  };
}

export const newNonce = (): string => systemRandom.bytes(16).toString('hex');

export const cny = (minor: number) => ({ currency: 'CNY', minor: String(minor) }) as const;

export const codeOf = (error: unknown): string =>
  error instanceof Refusal ? error.code : `no refusal: ${String(error)}`;

/** `taken`, or the code with which it was refused. */
export async function refused(asked: Promise<unknown>): Promise<string> {
  return await asked.then(() => 'taken', codeOf);
}
