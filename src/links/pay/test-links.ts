import { newId, idLetters } from '../../base/id.ts';
import { LINK_CODE_CHARS } from '../../base/link-limits.ts';
import { systemRandom } from '../../base/random.ts';
import { applyOutcome } from '../../cashier/apply-outcome.ts';
import { createMerchant } from '../../cashier/create-merchant.ts';
import type { MerchantId, PaymentId } from '../../cashier/payment.ts';
import { startAttempt } from '../../cashier/start-attempt.ts';
import { money } from '../../money/money.ts';
import { succeeded } from '../../settlement/pretend-wallet.ts';
import { BOOK, openTestWorld, type TestWorld } from '../../settlement/test-world.ts';
import type { Outcome } from '../../wallets/wallet.ts';

/* A shop with a pretend wallet, and links of it as they stand in the database. */

export interface TestLinks extends TestWorld {
  book: number;
  addLink(wish?: { merchantId?: string; kind?: 'page' | 'pay' | 'group' }): Promise<{ id: string; code: string }>;
  anotherMerchant(): Promise<MerchantId>;
  /** A payment of 10.00 that names a link, or none. */
  createPayment(wish: { link: string | null }): Promise<TestPayment>;
}

export interface TestPayment {
  id: PaymentId;
  minor: bigint;
}

export async function openTestLinks(): Promise<TestLinks> {
  const world = await openTestWorld();
  const { cashier, sql, clock, merchantId } = world;
  return {
    ...world,
    book: BOOK,
    addLink: async (wish = {}) => await insertLink(world, { merchantId, kind: 'page', ...wish }),
    async anotherMerchant() {
      const { id } = await createMerchant(cashier.deps, { book: BOOK, name: '另一家店', livemode: false });
      return id;
    },
    async createPayment({ link }) {
      clock.advanceMs(1);
      const key = idLetters(newId('ask', { clock, random: systemRandom }, BOOK));
      const created = await cashier.create(BOOK, {
        merchantId,
        livemode: false,
        orderNo: key,
        amount: money('CNY', 1000n),
        subject: '咖啡',
        returnUrl: 'https://shop.example/',
        expiresInSeconds: 900,
        linkCode: link,
        metadata: {},
        buyer: null,
        items: null,
        vouchers: null,
        claim: { book: BOOK, merchantId, key, route: 'test', fingerprint: key },
      });
      const { id }: { id: PaymentId } = JSON.parse(created.reply?.body ?? '{}'); // a payment as the API shows it
      expectOne(await sql`select from payments where id = ${id}`);
      return { id, minor: 1000n };
    },
  };
}

async function insertLink(
  { sql, clock }: TestWorld,
  { merchantId, kind }: { merchantId: string; kind: 'page' | 'pay' | 'group' },
): Promise<{ id: string; code: string }> {
  const id = newId('lnk', { clock, random: systemRandom }, BOOK);
  const letters = 'abcdefghjkmnpqrstuvwxyz';
  const code = Array.from(systemRandom.bytes(LINK_CODE_CHARS), (byte) => letters[byte % letters.length]).join('');
  await sql`
    insert into links (book, id, code, kind, merchant_id, livemode, state, version, created_at, updated_at)
    values (${BOOK}, ${id}, ${code}, ${kind}, ${merchantId}, false, 'active', 1, ${clock.now()}, ${clock.now()})`;
  return { id, code };
}

/** The buyer's wallet says so of a payment with one attempt; without an outcome it is left open. */
export async function payUnder(world: TestLinks, payment: TestPayment, outcome?: Outcome | null): Promise<void> {
  const { cashier, clock, merchantId } = world;
  const started = await startAttempt(cashier, {
    book: BOOK,
    paymentId: payment.id,
    merchantId,
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
  if (outcome === null) return;
  const { id }: { id: string } = JSON.parse(started.body); // an attempt as the API shows it
  const attempt = { book: BOOK, id, paymentId: payment.id } as Parameters<typeof applyOutcome>[1]; // ids of the prefixes asked for
  const paid = outcome ?? succeeded(payment.minor, `W${idLetters(id)}`, clock.now());
  await applyOutcome(cashier, attempt, paid, 'notification', null);
}

function expectOne(rows: readonly unknown[]): void {
  if (rows.length !== 1) throw new Error(`expected one row, found ${rows.length}`);
}
