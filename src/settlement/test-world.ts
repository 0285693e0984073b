import { freshDatabase } from '../../test/database.ts';
import { ManualClock } from '../base/clock.ts';
import { idLetters } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { addWalletAccount } from '../cashier/add-wallet-account.ts';
import { applyOutcome } from '../cashier/apply-outcome.ts';
import { type Cashier, openCashier } from '../cashier/cashier.ts';
import { createMerchant } from '../cashier/create-merchant.ts';
import { createRefund } from '../cashier/create-refund.ts';
import { readRecords } from '../cashier/day-records.ts';
import type { MerchantId } from '../cashier/payment.ts';
import { startAttempt } from '../cashier/start-attempt.ts';
import { connect, type Sql } from '../db/connect.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { createLedger, type Ledger } from '../ledger/ledger.ts';
import type { Offers } from '../offers/offers.ts';
import { plainOffers } from '../offers/plain-offers.ts';
import { plainRollouts } from '../rollout/plain-rollouts.ts';
import { money } from '../money/money.ts';
import { createKeyring, type Keyring } from '../vault/seal.ts';
import type { Outcome } from '../wallets/wallet.ts';
import { insertEvents } from '../webhooks/insert-events.ts';
import { advanceStatement } from './advance-statement.ts';
import { planStatements } from './plan-statements.ts';
import { type PretendWallet, pretendWallet, succeeded } from './pretend-wallet.ts';
import { claimBreaks, resolveBreak } from './resolve-break.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement } from './statement.ts';
import { claimDueStatements, findStatementOfDay } from './statement-store.ts';
import type { DayEnd } from './wallet-day.ts';

/* One shop with an account at a pretend wallet, the real cashier and ledger over a database of its own, and a clock. */

export const BOOK = 1;

export interface TestWorld {
  sql: Sql;
  url: string;
  clock: ManualClock;
  pretend: PretendWallet;
  cashier: Cashier;
  ledger: Ledger;
  deps: SettlementDeps;
  merchantId: MerchantId;
  walletAccountId: string;
  /** Moves the clock to an instant that is not before now. */
  goTo(instant: string): void;
  /** A payment with one attempt at the wallet; `outcome` null leaves it pending. Answers the attempt's order number. */
  attempt(minor: bigint, outcome: Outcome | null): Promise<string>;
  /** A payment that the wallet said was paid, at this very moment. */
  paid(minor: bigint): Promise<string>;
  /** A refund of the payment of that attempt, which the wallet accepted. Answers the refund's order number. */
  refund(attemptNo: string, minor: bigint): Promise<string>;
  outcomeOf(orderNo: string, record?: 'payment' | 'refund'): Promise<string | undefined>;
  /** Plans, then takes every due statement as far as it goes; then asks about every due break. */
  settle(with_?: SettlementDeps): Promise<void>;
  statementOf(day: string): Promise<Statement>;
  /** Settlement over other connections: another process, or one whose database fails. */
  depsOver(sql: Sql): SettlementDeps;
}

export async function openTestWorld(
  options: { dayEndsAt?: DayEnd; hasBill?: boolean; refundsAre?: 'submitted' | 'done'; offers?: Offers } = {},
): Promise<TestWorld> {
  const { sql, url } = await freshDatabase();
  const clock = new ManualClock(new Date('2026-11-11T02:00:00Z')); // 10:00 in Shanghai
  const pretend = pretendWallet({
    dayEndsAt: options.dayEndsAt ?? '00:00',
    hasBill: options.hasBill ?? true,
    refundsAre: options.refundsAre ?? 'done',
  });
  const keyring = createKeyring({ random: systemRandom }, [new Secret(systemRandom.bytes(32).toString('hex'))]);
  const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
  await ledger.prepareMonths();
  const offers = options.offers ?? plainOffers;
  const cashier = cashierOver(sql, { clock, pretend, keyring, ledger, offers });
  const merchant = await createMerchant(cashier.deps, { book: BOOK, name: '测试小店', livemode: false });
  const added = await addWalletAccount(cashier.deps, {
    merchantId: merchant.id,
    wallet: 'unionpay',
    label: '',
    settings: {},
    claim: null,
  });
  const { id: walletAccountId }: { id: string } = JSON.parse(added.body); // a wallet account as the API shows it
  const deps: SettlementDeps = { cashier, ledger };
  let count = 0;
  const newClaim = (): KeyClaim => {
    count += 1;
    return { book: BOOK, merchantId: merchant.id, key: `k${count}`, route: 'test', fingerprint: `f${count}` };
  };

  const world: TestWorld = {
    sql,
    url,
    clock,
    pretend,
    cashier,
    ledger,
    deps,
    merchantId: merchant.id,
    walletAccountId,
    goTo: (instant) => clock.advanceMs(new Date(instant).getTime() - clock.now().getTime()),
    async attempt(minor, outcome) {
      clock.advanceMs(1);
      const claim = newClaim();
      const created = await cashier.create(BOOK, {
        merchantId: merchant.id,
        livemode: false,
        orderNo: claim.key,
        amount: money('CNY', minor),
        subject: '咖啡',
        returnUrl: 'https://shop.example/',
        expiresInSeconds: 900,
        linkCode: null,
        metadata: {},
        buyer: null,
        items: null,
        vouchers: null,
        claim,
      });
      const { id: paymentId } = fromReply(created.reply);
      const started = await startAttempt(cashier, {
        book: BOOK,
        paymentId,
        merchantId: merchant.id,
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
      const { id } = fromReply(started);
      const attempt = { book: BOOK, id, paymentId } as Parameters<typeof applyOutcome>[1]; // ids of the prefixes asked for
      if (outcome !== null) await applyOutcome(cashier, attempt, outcome, 'notification', null);
      return idLetters(id);
    },
    async paid(minor) {
      count += 1;
      return await world.attempt(minor, succeeded(minor, `W${count}`, clock.now()));
    },
    async refund(attemptNo, minor) {
      clock.advanceMs(1);
      const [record] = await readRecords(sql, BOOK, 'payment', [`att_${attemptNo}`]);
      const created = await createRefund(cashier, {
        book: BOOK,
        paymentId: record?.paymentId ?? '',
        merchantId: merchant.id,
        amount: money('CNY', minor),
        items: null,
        reason: '',
        refundNo: null,
        claim: newClaim(),
      });
      return idLetters(fromReply(created).id);
    },
    async outcomeOf(orderNo, record = 'payment') {
      const id = `${record === 'payment' ? 'att' : 'rf'}_${orderNo}`;
      return (await readRecords(sql, BOOK, record, [id]))[0]?.outcome;
    },
    async settle(settlement = deps) {
      await planStatements(settlement, BOOK, new Map());
      const now = clock.now();
      const lease = new Date(now.getTime() + 900_000);
      const due = await claimDueStatements(settlement.cashier.deps.sql, now, lease, 100);
      due.sort((a, b) => (a.day < b.day ? -1 : 1)); // as a running server meets them: one day after the other
      for (const statement of due) await advanceStatement(settlement, statement);
      for (const one of await claimBreaks(settlement, 1000)) await resolveBreak(settlement, one);
    },
    async statementOf(day) {
      const found = await findStatementOfDay(sql, BOOK, walletAccountId, day);
      if (found === null) throw new Error(`no statement of ${day}`);
      return found;
    },
    depsOver(other) {
      const own = createLedger({ sql: other, clock, log: silentLog, book: BOOK });
      return { cashier: cashierOver(other, { clock, pretend, keyring, ledger: own, offers }), ledger: own };
    },
  };
  return world;
}

/** A second process: a pool of its own. */
export function connectAgain(world: TestWorld): Sql {
  return connect(world.url, { connectionsMax: 4, applicationName: 'test 2', byIndexOnly: true });
}

function cashierOver(
  sql: Sql,
  parts: { clock: ManualClock; pretend: PretendWallet; keyring: Keyring; ledger: Ledger; offers: Offers },
): Cashier {
  const { clock, keyring, ledger, offers } = parts;
  const { wallet } = parts.pretend;
  return openCashier({
    sql,
    clock,
    random: systemRandom,
    log: silentLog,
    keyring,
    send: async () => ({ kind: 'not_sent', reason: 'nothing goes out of this test' }),
    publicUrl: 'https://pay.example',
    wallets: { unionpay: wallet } as Cashier['deps']['wallets'], // the only wallet that this shop has
    can: () => wallet.can,
    ledger,
    rollouts: plainRollouts,
    offers,
    webhooks: {
      insertEvents: (tx, book, events) => insertEvents({ clock, random: systemRandom }, tx, book, events),
      kick() {},
    },
  });
}

function fromReply(reply: { body: string } | null): { id: string } {
  const shown: { id: string } = JSON.parse(reply?.body ?? '{}'); // what the API shows of it
  return shown;
}
