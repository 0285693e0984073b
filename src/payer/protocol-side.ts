import type { Order } from './order.ts';
import type { OrderLane } from './order-lane.ts';
import type { PayerDeps } from './payer-deps.ts';
import type { WalletKeys } from './wallet-keys.ts';

/** What the parts of the protocol work with. */
export interface ProtocolSide {
  deps: PayerDeps;
  lane: OrderLane;
  keys: WalletKeys;
  /** The order with its time looked at: one that is over is written down as closed before anybody is told so. */
  asItIs(order: Order): Promise<Order>;
  /** Says that something may be due. */
  kick(): void;
}
