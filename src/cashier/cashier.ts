import { createListGatherer } from '../base/gather.ts';
import { bookOfId, isId } from '../base/id.ts';
import { ALERTS_PER_MINUTE_MAX, PAYER_READINGS_PER_MINUTE_MAX, QR_PAYMENTS_PER_MINUTE_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Batch } from '../db/batch.ts';
import { startDueLoop, type DueLoop } from '../db/due.ts';
import type { Scene, WalletName } from '../wallets/wallet.ts';
import { askWallet, claimAttempts } from './ask-wallet.ts';
import { cashierUrl } from './cashier-link.ts';
import { type NewPayment, openCreateLane } from './create-payment.ts';
import { RecentPayments } from './recent-payments.ts';
import type { DecideDeps } from './decide-outcome.ts';
import type { CashierDeps } from './deps.ts';
import { claimExpired, expirePayment } from './expire-payment.ts';
import { type FolderChange, type FolderResult, openFolderLane } from './folder-lane.ts';
import { claimRefreshes, refreshWalletAccount } from './refresh-wallet-accounts.ts';
import type { Payment } from './payment.ts';
import { findPaymentsById } from './payment-store.ts';
import type { KeyedResult } from './reply.ts';
import { claimRefunds, sendRefund } from './send-refund.ts';
import {
  createAccountLister,
  createWalletOpener,
  type ListAccounts,
  type OpenedWallet,
  type WalletOpener,
} from './wallet-accounts.ts';

/** Which of a merchant's wallets is wanted. */
export interface WalletWish {
  book: number;
  merchantId: string;
  wallet: WalletName;
  scene: Scene;
  /** One account in particular; null takes the first that is set up for the scene. */
  walletAccountId: string | null;
}

/** The running cashier: one writer lane per book, and the loops that ask, refund and expire. */
export interface Cashier {
  deps: CashierDeps;
  decideDeps: DecideDeps;
  openWallet: WalletOpener['openWallet'];
  openRow: WalletOpener['openRow'];
  listAccounts: ListAccounts;
  /** The merchant's enabled account for this wallet and scene, or why there is none. */
  findWalletFor(wish: WalletWish): Promise<OpenedWallet | Refusal>;
  change(change: FolderChange): Promise<FolderResult>;
  /** One payment by its id, whoever's it is; many who ask at once ask together. */
  readPayment(book: number, id: string): Promise<Payment | null>;
  /** A payment as this process wrote it a moment ago, once; see RecentPayments for what it is good for. */
  takeRecent(id: string): Payment | null;
  create(book: number, payment: NewPayment): Promise<KeyedResult>;
  notifyUrl(of: { wallet: string; walletAccountId: string }): string;
  buyerReturnUrl(paymentId: string): string;
  /** False once a subject has raised ALERTS_PER_MINUTE_MAX alerts within a minute. */
  mayAlert(subjectId: string): boolean;
  /** False once a printed code has made QR_PAYMENTS_PER_MINUTE_MAX payments within a minute. */
  mayScan(codeId: string): boolean;
  /** False once PAYER_READINGS_PER_MINUTE_MAX people have come back within a minute to say who pays a payment. */
  mayReadPayer(paymentId: string): boolean;
  /** Starts asking, refunding and expiring; a process that only serves requests need not. */
  startWork(): void;
  /** Stops taking work and waits for what is in hand. */
  stop(): Promise<void>;
}

const WORK_CONCURRENCY = 32;
const WORK_IDLE_MS = 250;
const REFRESH_IDLE_MS = 5000;

export function openCashier(deps: CashierDeps): Cashier {
  const changes = perBook((book) => openFolderLane(deps, book));
  const recent = new RecentPayments();
  const creates = perBook((book) => openCreateLane(deps, book, recent));
  const payments = readersPerBook(deps);
  const opener = createWalletOpener(deps);
  const listAccounts = createAccountLister(deps);
  const loops: DueLoop[] = [];
  let refundLoop: DueLoop | null = null;

  const cashier: Cashier = {
    deps,
    decideDeps: { clock: deps.clock, random: deps.random, can: deps.can },
    ...opener,
    listAccounts,
    findWalletFor: (wish) => findWalletFor(deps, opener, listAccounts, wish),
    async change(change) {
      const result = await changes.get(change.book).submit(change);
      if (result.tellsShops) deps.webhooks.kick();
      if (result.startsRefund) refundLoop?.kick();
      return result;
    },
    readPayment: async (book, id) => (await payments.get(book)([id]))[0] ?? null,
    takeRecent: (id) => recent.take(id),
    create: (book, payment) => creates.get(book).submit(payment),
    notifyUrl: (of) => `${deps.publicUrl}/notify/${of.wallet}/${of.walletAccountId}`,
    buyerReturnUrl: (paymentId) => `${cashierUrl(deps, paymentId)}/return`,
    mayAlert: createMinuteLimit(deps, ALERTS_PER_MINUTE_MAX),
    mayScan: createMinuteLimit(deps, QR_PAYMENTS_PER_MINUTE_MAX),
    mayReadPayer: createMinuteLimit(deps, PAYER_READINGS_PER_MINUTE_MAX),
    startWork() {
      const shared = { concurrency: WORK_CONCURRENCY, idleMs: WORK_IDLE_MS, log: deps.log };
      refundLoop = startDueLoop({
        ...shared,
        name: 'refunds',
        claim: (limit) => claimRefunds(cashier, limit),
        work: (job) => sendRefund(cashier, job),
      });
      loops.push(
        refundLoop,
        startDueLoop({
          ...shared,
          name: 'attempts',
          claim: (limit) => claimAttempts(cashier, limit),
          work: async (attempt) => void (await askWallet(cashier, attempt)),
        }),
        startDueLoop({
          ...shared,
          name: 'expiry',
          claim: (limit) => claimExpired(cashier, limit),
          work: (job) => expirePayment(cashier, job),
        }),
        startDueLoop({
          ...shared,
          name: 'certificates',
          idleMs: REFRESH_IDLE_MS,
          claim: (limit) => claimRefreshes(cashier, limit),
          work: (account) => refreshWalletAccount(cashier, account),
        }),
      );
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([changes.close(), creates.close()]);
    },
  };
  return cashier;
}

/** The book that an id names, or "not found" when the text is no id of ours. */
export function bookOf(prefix: string, id: string): number {
  if (!isId(prefix, id)) throw new Refusal('not_found', 'there is no such thing');
  return bookOfId(id);
}

async function findWalletFor(
  deps: CashierDeps,
  { openWallet, openRow }: WalletOpener,
  listAccounts: ListAccounts,
  wish: WalletWish,
): Promise<OpenedWallet | Refusal> {
  const { walletAccountId: id } = wish;
  // One in particular is looked up by itself: the list of a merchant's accounts may be a moment old.
  const accounts =
    id === null ? await listAccounts(wish.book, wish.merchantId) : [(await openWallet(wish.book, id)).account];
  const fitting = accounts.filter(
    (account) => account.merchantId === wish.merchantId && account.wallet === wish.wallet && account.enabled,
  );
  if (fitting.length === 0)
    return new Refusal('wallet_not_available', 'the shop does not take this wallet', { param: 'wallet' });
  for (const account of deps.can(wish.wallet).scenes.includes(wish.scene) ? fitting : []) {
    const opened = openRow(account);
    if (opened.wallet.scenes(opened.config).includes(wish.scene)) return opened;
  }
  return new Refusal('wallet_not_available', 'the wallet does not work in this scene', { param: 'scene' });
}

/** Gathers who looks up payments of one book at once. */
function readersPerBook({ sql }: CashierDeps) {
  type Read = (ids: readonly string[]) => Promise<(Payment | null)[]>;
  const readers = new Map<number, Read>();
  return {
    get(book: number): Read {
      const known = readers.get(book);
      if (known !== undefined) return known;
      const read = createListGatherer<string, Payment | null>(async (ids) => {
        const found = await findPaymentsById(sql, book, ids);
        const byId = new Map<string, Payment>(found.map((payment) => [payment.id, payment]));
        return ids.map((id) => byId.get(id) ?? null);
      });
      readers.set(book, read);
      return read;
    },
  };
}

/** Counts within the running minute, on this node. */
function createMinuteLimit(deps: CashierDeps, countMax: number): (subjectId: string) => boolean {
  const raised = new Map<string, number>();
  let minute = 0;
  return (subjectId) => {
    const now = Math.floor(deps.clock.now().getTime() / 60_000);
    if (now !== minute) raised.clear();
    minute = now;
    const count = (raised.get(subjectId) ?? 0) + 1;
    raised.set(subjectId, count);
    return count <= countMax;
  };
}

/** One batcher per book, opened when the book is first written to. */
function perBook<In, Out>(open: (book: number) => Batch<In, Out>) {
  const lanes = new Map<number, Batch<In, Out>>();
  return {
    get(book: number): Batch<In, Out> {
      const known = lanes.get(book) ?? open(book);
      lanes.set(book, known);
      return known;
    },
    async close(): Promise<void> {
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
    },
  };
}
