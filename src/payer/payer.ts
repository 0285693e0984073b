import type { Money } from '../money/money.ts';
import type { EndedMove, Move } from '../transfers/transfers.ts';
import type { Act, ProofLevel, Session } from '../users/users.ts';
import type { Tx } from '../db/connect.ts';

/*
 * Hutong Wallet's side of a shop's payment, as docs/open-wallet-protocol.md tells it: orders, payment codes, refunds, notifications and the
 * daily statement. Money moves through transfers/ alone.
 */

export type OrderState = 'open' | 'paid' | 'closed' | 'undone';

/** An order as its buyer sees it. */
export interface OrderView {
  /** Opaque, in the link and the QR text; not the shop's order number. */
  token: string;
  shopName: string;
  subject: string;
  amount: Money;
  state: OrderState;
  /** A payment of it is under way. */
  isPaying: boolean;
  /** Why the last try did not pay; the buyer may try again while it is open. */
  failure: string | null;
  expiresAt: Date;
  returnUrl: string;
}

export interface Payer {
  findOrder(token: string): Promise<OrderView | null>;
  payAct(session: Session, token: string, cardId: string): Promise<{ act: Act; level: ProofLevel }>;
  /** Records that this order is being paid by this move, uses up the proof, starts the move, waits a little for its end. */
  pay(
    session: Session,
    /** The same `key` again answers the same try, whatever became of it. */
    input: { token: string; cardId: string; proof: string | null; key: string },
  ): Promise<{ order: OrderView; move: Move | null }>;
  /** A 20-digit payment code, good for a minute and one order; `maxAmount` is what may be taken without asking. */
  makePaymentCode(session: Session, cardId: string): Promise<{ code: string; expiresAt: Date; maxAmount: Money }>;
  /** Orders that were charged to this person's payment codes in the last ten minutes, newest first: paid, or waiting to be confirmed. */
  listCodeOrders(session: Session): Promise<OrderView[]>;
  /** Handed to transfers/ as `OnEnded`: orders and refunds change in the transaction that ended the move. */
  applyEnded(tx: Tx, ended: readonly EndedMove[]): Promise<void>;
  startWork(): void;
  stop(): Promise<void>;
}
