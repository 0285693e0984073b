import { Refusal } from '../base/refusal.ts';
import type { Payment, Refund, RefundItem } from './payment.ts';
import { ofPieces, type WantedItem } from './share-refund.ts';

/**
 * What these pieces of the order's lines cost before any discount, in proportion to the pieces of the line that have not gone back;
 * the last piece takes what remains of its line.
 * @throws Refusal invalid_request for a line that the order does not have, refund_exceeds_payment for more pieces than are left
 */
export function wantedItems(
  payment: Pick<Payment, 'items'>,
  refunds: readonly Refund[],
  wanted: readonly { id: string; quantity: number }[],
): WantedItem[] {
  if (payment.items === null)
    throw new Refusal('invalid_request', 'the payment came without the lines of its order', {
      param: 'items',
      in: 'body',
    });
  if (new Set(wanted.map((item) => item.id)).size < wanted.length)
    throw new Refusal('invalid_request', 'each line is named once', { param: 'items', in: 'body' });
  const back = refunds.filter((refund) => refund.outcome !== 'failed').flatMap((refund) => refund.items ?? []);
  return wanted.map(({ id, quantity }, index) => {
    const line = payment.items?.find((item) => item.id === id);
    if (line === undefined)
      throw new Refusal('invalid_request', 'the order has no such line', { param: `items.${index}.id`, in: 'body' });
    const gone = back.filter((item) => item.id === id);
    const leftQuantity = line.quantity - gone.reduce((sum, item) => sum + item.quantity, 0);
    if (quantity > leftQuantity)
      throw new Refusal('refund_exceeds_payment', 'fewer pieces of this line are left', {
        param: `items.${index}.quantity`,
        left_quantity: leftQuantity,
      });
    const leftMinor = line.amountMinor - sumOfItems(gone);
    return { id, quantity, minor: ofPieces(leftMinor, quantity, leftQuantity), leftQuantity };
  });
}

export function sumOfItems(items: readonly RefundItem[]): bigint {
  return items.reduce((sum, item) => sum + item.minor, 0n);
}
