import { bookOfId, isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { WalletQuote } from '../offers/offers.ts';
import type { PaymentDecision } from '../rollout/rollouts.ts';
import type { Scene, WalletName } from '../wallets/wallet.ts';
import { askWallet } from './ask-wallet.ts';
import { findAttemptsOf } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import { isCashierToken } from './cashier-link.ts';
import { findMerchant } from './merchant-store.ts';
import { isFinal } from './moves.ts';
import type { Attempt, Payment } from './payment.ts';
import { decisionFor, decisionNow, decisionOf, keepDecision, type Whereabouts } from './payment-decision.ts';
import { findPaymentById } from './payment-store.ts';
import { quotePayment } from './quote-payment.ts';
import type { WalletAccountRow } from './wallet-account-store.ts';
import type { OpenedWallet } from './wallet-accounts.ts';

/** What the buyer's page of one payment is made of. */
export interface BuyerView {
  payment: Payment;
  attempts: Attempt[];
  merchantName: string;
  /** Wallets that the shop takes in this payment's currency and that this buyer may see. */
  wallets: BuyerWallet[];
  /** Which staged wallets this payment may see, as it stands now; null where nothing is staged. */
  decision: PaymentDecision | null;
  /** What the buyer would pay with each of the wallets, the best first; empty where no offer runs at the shop: then all cost the same. */
  quotes: readonly WalletQuote[];
  /** True where it matters which device this is: then it is to be recognized when it comes back. */
  needsDevice: boolean;
}

/** A wallet that the shop takes, and how. */
export interface BuyerWallet {
  name: WalletName;
  /** What the shop calls its account; the name that buyers see where the wallet has none of its own (`open`). */
  label: string;
  /** The scenes in which one of the shop's accounts at this wallet works. */
  scenes: readonly Scene[];
  /** Inside the wallet's own browser it must be learned first who pays. */
  needsPayer: boolean;
}

/**
 * Opens a payment by its link. What a buyer may see is decided once, by the first page that is opened or the first attempt; `whereIs`
 * tells where this one is. @throws Refusal not_found, the same for a wrong token as for no payment.
 */
export async function openBuyerView(
  cashier: Cashier,
  paymentId: string,
  token: string,
  whereIs: (payment: Payment) => Whereabouts,
): Promise<BuyerView> {
  const { deps } = cashier;
  if (!isId('pay', paymentId) || !isCashierToken(deps.keyring, paymentId, token))
    throw new Refusal('not_found', 'there is no such payment');
  const book = bookOfId(paymentId);
  const payment = await findPaymentById(deps.sql, book, paymentId);
  if (payment === null) throw new Refusal('not_found', 'there is no such payment');
  const [attempts, merchant, accounts] = await Promise.all([
    findAttemptsOf(deps.sql, book, [paymentId]),
    findMerchant(deps.sql, book, payment.merchantId),
    cashier.listAccounts(book, payment.merchantId), // every open page asks every second or two
  ]);
  const fitting = accounts.filter(
    (account) => account.enabled && deps.can(account.wallet).currencies.includes(payment.currency),
  );
  const wallets = toWallets(cashier, fitting);
  const where = whereIs(payment);
  const decision = await decide(cashier, { payment, attempts }, wallets, where);
  const shown = wallets.filter(({ name }) => decisionOf(deps, payment, decision, name).shown);
  const names = shown.map(({ name }) => name);
  const quote = isFinal(payment.state) ? null : await quotePayment(cashier, { payment, attempts }, where.device, names);
  return {
    payment,
    attempts,
    merchantName: merchant?.name ?? '',
    wallets: shown,
    decision,
    quotes: quote?.quotes ?? [],
    needsDevice: decision !== null || quote !== null,
  };
}

async function decide(
  cashier: Cashier,
  { payment, attempts }: Pick<BuyerView, 'payment' | 'attempts'>,
  wallets: readonly BuyerWallet[],
  where: Whereabouts,
): Promise<PaymentDecision | null> {
  const names = wallets.map(({ name }) => name);
  const found = decisionFor(cashier.deps, payment, names, where, null);
  if (found === null) return null;
  const kept = payment.decision ?? (await keepDecision(cashier, payment, found));
  return decisionNow(cashier.deps, payment.book, kept, attempts, null);
}

/** One line for each wallet, whatever number of accounts stand behind it. An account that cannot be read takes no buyer. */
function toWallets(cashier: Cashier, accounts: readonly WalletAccountRow[]): BuyerWallet[] {
  const found = new Map<WalletName, BuyerWallet>();
  for (const account of accounts) {
    const opened = openOrNull(cashier, account);
    if (opened === null) continue;
    const { wallet, config } = opened;
    const known = found.get(wallet.name);
    const scenes = [...new Set([...(known?.scenes ?? []), ...wallet.scenes(config)])];
    const label = known?.label ?? account.label;
    found.set(wallet.name, { name: wallet.name, label, scenes, needsPayer: wallet.identify !== null });
  }
  return [...found.values()];
}

function openOrNull(cashier: Cashier, account: WalletAccountRow): OpenedWallet | null {
  try {
    return cashier.openRow(account);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    cashier.deps.log.warn({ walletAccountId: account.id, reason: error.message }, 'a wallet account cannot be used');
    return null;
  }
}

/** How long the buyer waits for the wallet's word before the page is shown with what is known. */
const BUYER_WAIT_MS = 1500;
/** A buyer who reloads does not make us ask the wallet each time. */
const ASK_PAUSE_MS = 3000;

/** Asks about the open attempts at once because the buyer came back; coming back proves nothing by itself. */
export function createBuyerAsker(cashier: Cashier) {
  const askedAtMs = new Map<string, number>();

  return async function askForBuyer(view: BuyerView): Promise<void> {
    const nowMs = cashier.deps.clock.now().getTime();
    if (isFinal(view.payment.state) || nowMs - (askedAtMs.get(view.payment.id) ?? 0) < ASK_PAUSE_MS) return;
    if (askedAtMs.size > 10_000) askedAtMs.clear();
    askedAtMs.set(view.payment.id, nowMs);
    const open = view.attempts.filter(
      // What is being undone is asked about at its own pace: nothing that the buyer does changes it.
      ({ outcome, undoRequestedAt }) => (outcome === 'pending' || outcome === 'unknown') && undoRequestedAt === null,
    );
    const asking = Promise.allSettled(open.map((attempt) => askWallet(cashier, attempt)));
    await Promise.race([asking, new Promise((resolve) => setTimeout(resolve, BUYER_WAIT_MS).unref())]);
  };
}
