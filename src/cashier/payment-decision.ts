import { type BuyerFacts, NO_BUYER } from '../base/buyer.ts';
import type { PaymentDecision, WalletDecision } from '../rollout/rollouts.ts';
import type { Scene, WalletName } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';
import type { CashierDeps } from './deps.ts';
import { isFinal } from './moves.ts';
import type { Attempt, Payment } from './payment.ts';

/** Where a buyer is who looks at a payment or begins to pay it. */
export interface Whereabouts {
  /** The app whose browser it is (`wechat`, `unionpay`, …); null for a browser of its own, or where the shop asks. */
  app: string | null;
  /** Null where it is not known yet. */
  scene: Scene | null;
  /** The device as our own cookie names it; counts only where the shop names neither buyer nor device. */
  device: string | null;
}

export const NOWHERE: Whereabouts = Object.freeze({ app: null, scene: null, device: null });

/** What is known of the buyer, with our own name of the device where the shop has told nothing better. */
export function buyerOf(payment: Pick<Payment, 'buyer'>, device: string | null): BuyerFacts {
  const buyer = payment.buyer ?? NO_BUYER;
  return buyer.id === null && buyer.device === null ? { ...buyer, device } : buyer;
}

/** The wallets that the shop takes in this payment's currency, each once; a moment old. */
export async function listWallets(
  cashier: Cashier,
  { book, merchantId, currency }: Pick<Payment, 'book' | 'merchantId' | 'currency'>,
): Promise<WalletName[]> {
  const accounts = await cashier.listAccounts(book, merchantId);
  const fitting = accounts.filter(
    (account) => account.enabled && cashier.deps.can(account.wallet).currencies.includes(currency),
  );
  return [...new Set(fitting.map(({ wallet }) => wallet))];
}

/**
 * The kept decision, or one that is still to be kept; null where nothing is staged, or nothing is left to decide. `chosen` is the wallet that
 * is being paid with, null on a page.
 */
export function decisionFor(
  { rollouts }: Pick<CashierDeps, 'rollouts'>,
  payment: Payment,
  wallets: readonly WalletName[],
  where: Whereabouts,
  chosen: WalletName | null,
): PaymentDecision | null {
  if (payment.decision !== null) return payment.decision;
  if (isFinal(payment.state) || rollouts.isPlain(payment.book, payment.merchantId, wallets)) return null;
  return rollouts.decide(
    payment.book,
    {
      merchantId: payment.merchantId,
      paymentId: payment.id,
      buyer: buyerOf(payment, where.device),
      scene: where.scene,
      app: where.app,
      currency: payment.currency,
      amountMinor: payment.amountMinor,
      bank: null,
    },
    wallets,
    chosen,
  );
}

/** Writes the one decision of a payment, unless somebody was faster. Answers the one that counts. */
export async function keepDecision(
  cashier: Cashier,
  payment: Payment,
  decision: PaymentDecision,
): Promise<PaymentDecision> {
  let kept = decision;
  await cashier.change({
    book: payment.book,
    of: { paymentId: payment.id },
    merchantId: null,
    withRefunds: false,
    refundNo: null,
    key: null,
    decide(folder) {
      folder.payment.decision ??= decision;
      kept = folder.payment.decision;
      return null;
    },
  });
  return kept;
}

/**
 * A decision as it stands now: what was halted since is hidden, and what has no room left for as long as it has none, except from who has
 * begun to pay with it, who finishes on the path that he began on. Of the `chosen` wallet the attempt's hold tells whether there is room.
 */
export function decisionNow(
  { rollouts }: Pick<CashierDeps, 'rollouts'>,
  book: number,
  decision: PaymentDecision,
  attempts: readonly Pick<Attempt, 'wallet'>[],
  chosen: WalletName | null,
): PaymentDecision {
  const now = rollouts.recheck(book, decision, chosen);
  if (now === decision) return now;
  const wallets = now.wallets.map((one, index) => {
    const before = decision.wallets[index] ?? one;
    return before.shown && attempts.some(({ wallet }) => wallet === one.wallet) ? before : one;
  });
  return { ...now, wallets };
}

/** What a decision says of one wallet; without one all are shown. One that the shop has taken on since is hidden while it is staged. */
export function decisionOf(
  { rollouts }: Pick<CashierDeps, 'rollouts'>,
  payment: Pick<Payment, 'book' | 'merchantId'>,
  decision: PaymentDecision | null,
  wallet: WalletName,
): WalletDecision {
  const found = decision?.wallets.find((one) => one.wallet === wallet);
  if (found !== undefined) return found;
  const isPlain = decision === null || rollouts.isPlain(payment.book, payment.merchantId, [wallet]);
  return { wallet, shown: isPlain, arm: 'outside', reason: isPlain ? 'STATIC' : 'DEFAULT', rollout: null };
}
