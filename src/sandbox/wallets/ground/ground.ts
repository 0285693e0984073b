import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { Random } from '../../../base/random.ts';
import type { Books } from './books.ts';
import type { Discount, Discounts } from './discounts.ts';
import type { Fault, Faults } from './fault.ts';
import type { Grants } from './grants.ts';
import type { Notifier } from './notify.ts';
import type { Order } from './order.ts';
import type { Schedule } from './schedule.ts';

/** What every part of a simulator works with. `side` is there once `startSimulator` has built it. */
export interface Ground {
  books: Books;
  faults: Faults;
  discounts: Discounts;
  notifier: Notifier;
  schedule: Schedule;
  grants: Grants;
  clock: Clock;
  random: Random;
  log: Log;
  /** How long an accepted refund takes to finish. */
  refundDelayMs: number;
  /** Where this simulator listens; empty before it does. */
  url: string;
  side: WalletSide;
}

/** All that is different from wallet to wallet. `Own` is what it shows of an order besides what every wallet shows. */
export interface WalletSide<Own extends object = object> {
  brand: Brand;
  codes: WalletCodes;
  merchants(): readonly { merchantNo: string; name: string }[];
  /** The pretend merchants' settings, ready to be typed into a wallet account. */
  settings(): readonly object[];
  /** The wallet's own addresses, at the root of the simulator's origin. Bodies arrive as a Buffer, whatever their type. */
  registerRoutes(app: FastifyInstance): void | Promise<void>;
  /** Called when the money moves: the wallet's own number, and what it has to remember of that moment. */
  number(order: Order): { walletId: string; wire: Record<string, string> };
  /** One notification about an order that has succeeded or failed; it is posted to `order.notifyUrl`. */
  compose(order: Order, fault: Fault | null): Promise<Composed>;
  /** Whether the merchant's answer means that it need not be told again. */
  isTaken(status: number, body: string): boolean;
  /** How the browser goes back after the order was paid (`paid`) or not; null: it stays, or goes back into an app. */
  wayBack(order: Order): Promise<WayBack | null>;
  /** The page of an order by another name than its token: `/pay?tn=…`. */
  findOrder?: (query: Record<string, string>) => Order | undefined;
  /** The order behind a QR text of this wallet, which may come into being by being scanned; null: not ours or gone. */
  scan?: (text: string) => Order | null;
  /** A fresh payment code; absent where the wallet has none. */
  mintCode?: (random: Random) => string;
  /** What this wallet has no words for when it tells a discount; null: all is well. It has words for everything when left out. */
  whyNotDiscount?: (discount: Discount) => string | null;
  showOrder?: (order: Order) => Own;
  /** The same for the totals of a merchant. */
  showTotal?: (merchantNo: string) => object;
}

export interface Composed {
  headers: Record<string, string>;
  body: string;
}

export type WayBack = { kind: 'form'; url: string; fields: Record<string, string> } | { kind: 'link'; url: string };

export interface Words {
  zh: string;
  en: string;
}

/** How the pretend app looks; everything else about the page is the same for all. */
export interface Brand {
  name: Words;
  /** `#rrggbb`, for the head of the page and the buttons, and a darker one for pressed buttons. */
  colour: string;
  colourDeep: string;
  /** For a light colour: what is written on it, and how it is shown on white. White and the colour itself when left out. */
  ink?: string;
  colourOnWhite?: string;
  /** A whole svg, drawn by us. */
  markSvg: string;
  /** What the wallet calls its number of a transaction. */
  walletIdName: Words;
  /** The wallet's own balance as the first way to pay; null where only cards pay. */
  balance: Words | null;
}

/** The wallet's codes for what can happen to a payment. */
export interface WalletCodes {
  paid: string;
  waiting: string;
  timedOut: string;
  wrongPin: string;
  /** What the issuers of the two pretend cards that cannot pay answer. */
  noFunds: string;
  cardFrozen: string;
  /** Reasons that can be picked on the page and through the control; the first is the usual one. */
  declines: readonly string[];
  /** Whether an outcome with this code moved the money. */
  isPaid(code: string): boolean;
  /** For people. */
  text(code: string): Words;
}
