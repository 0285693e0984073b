import type { ProofLevel } from '../users/users.ts';
import type { OrderState } from './payer.ts';

/** Where the buyer is. docs/open-wallet-protocol.md, "Scenes". */
export const SCENES = ['web', 'wap', 'app', 'qr', 'jsapi', 'code'] as const;
export type OrderScene = (typeof SCENES)[number];

export function isScene(text: string): text is OrderScene {
  return (SCENES as readonly string[]).includes(text); // a narrower list of texts
}

/** What a shop asked to be paid; one row. Amounts are fen. */
export interface Order {
  book: number;
  id: string;
  merchantNo: string;
  orderNo: string;
  /** Opaque, in links and QR texts. */
  token: string;
  /** Null where the number was closed before the order came: of such a row only number and amount are known. */
  fingerprint: Buffer | null;
  scene: OrderScene | null;
  amountMinor: bigint;
  subject: string | null;
  notifyUrl: string | null;
  returnUrl: string | null;
  /** The one person who may pay it: the payer of scene jsapi, or whose payment code was scanned. */
  onlyUserId: string | null;
  state: OrderState;
  /** Why it is closed, in the words of the protocol. */
  reason: string | null;
  /** Asked to end while a try to pay it was under way; counts when that try has ended. */
  ending: 'closed' | 'undone' | null;
  payingMoveId: string | null;
  /** The key under which the buyer asked for the last try. */
  payingKey: string | null;
  /** Why the last try did not pay. */
  failure: string | null;
  paidMoveId: string | null;
  paidUserId: string | null;
  paidCardId: string | null;
  paidAt: Date | null;
  undoMoveId: string | null;
  undoneAt: Date | null;
  refundingMinor: bigint;
  refundedMinor: bigint;
  expiresAt: Date;
  createdAt: Date;
  /** When it expires by itself; null once it is not open any more. */
  dueAt: Date | null;
}

/** What transfers/ was asked to do for an order; recorded before it is asked. */
export interface PayerMove {
  book: number;
  id: string;
  orderId: string;
  kind: 'pay' | 'undo' | 'refund';
  refundId: string | null;
  userId: string;
  cardId: string;
  deviceIsNew: boolean;
  /** What the buyer proved; null for what goes back. */
  level: ProofLevel | null;
  amountMinor: bigint;
  /** The purchase that goes back. */
  originalId: string | null;
  state: 'asked' | 'succeeded' | 'failed';
  failure: string | null;
  createdAt: Date;
  endedAt: Date | null;
  dueAt: Date | null;
}

export interface Refund {
  book: number;
  id: string;
  merchantNo: string;
  refundNo: string;
  /** The shop's number of the order; `orderId` is null where there is no such order. */
  orderNo: string;
  orderId: string | null;
  fingerprint: Buffer;
  method: 'refund' | 'void';
  amountMinor: bigint;
  notifyUrl: string;
  state: 'accepted' | 'succeeded' | 'failed';
  reason: string | null;
  moveId: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

/** Something to tell a shop. What it says is written when it is sent. */
export interface NewNotice {
  kind: 'order' | 'refund';
  subjectId: string;
  merchantNo: string;
  url: string;
}

/** A payment code as its row knows it. */
export interface PaymentCode {
  digest: Buffer;
  userId: string;
  cardId: string;
  deviceIsNew: boolean;
  asksAlways: boolean;
  orderId: string | null;
  expiresAt: Date;
}

/** A shop that takes this wallet. */
export interface Shop {
  book: number;
  merchantNo: string;
  name: string;
  mcc: string;
  state: 'active' | 'stopped';
  /** Thousandths of a fen that the wallet keeps of each fen. */
  feeMilli: bigint;
  /** Empty: anywhere. */
  origins: string[];
}

/** Where the wallet speaks the Open Wallet Protocol, below its own origin. */
export const API_PATH = '/open-wallet/v1';
